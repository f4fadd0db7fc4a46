// Shows the chosen file's name and size, and lets a form be sent once. Pages work without it.
"use strict";

function size(bytes) {
  const units = ["bytes", "KB", "MB", "GB"];
  let at = 0;
  while (bytes >= 1024 && at < units.length - 1) {
    bytes /= 1024;
    at += 1;
  }
  return `${at ? bytes.toFixed(1) : bytes} ${units[at]}`;
}

for (const drop of document.querySelectorAll("[data-drop]")) {
  const input = drop.querySelector("input[type=file]");
  const mark = (on) => drop.toggleAttribute("data-over", on);
  for (const name of ["dragenter", "dragover"]) input.addEventListener(name, () => mark(true));
  for (const name of ["dragleave", "drop"]) input.addEventListener(name, () => mark(false));
  // Caught on its way down: django-unfold expects a field for the name beside each file input.
  drop.addEventListener("change", (event) => {
    event.stopPropagation();
    const file = input.files[0];
    if (!file) return;
    drop.querySelector("[data-drop-name]").textContent = file.name;
    drop.querySelector("[data-drop-size]").textContent = size(file.size);
  }, true);
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-busy", "true");
  });
}

// A page that comes back from the browser's memory can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});
