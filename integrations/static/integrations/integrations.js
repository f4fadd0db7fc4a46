// Lets a form be sent once, and says so when a test of a connection brings nothing back.
"use strict";

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}

// A page that comes back from the browser's memory can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

const failures = {
  "htmx:timeout": "Switchboard itself did not answer in time. Try again.",
  "htmx:sendError": "Switchboard itself cannot be reached. Try again.",
  "htmx:responseError": "The test could not be made. Open the page anew and try again.",
};
for (const [name, words] of Object.entries(failures)) {
  document.body.addEventListener(name, () => {
    const place = document.getElementById("finding");
    if (place) place.textContent = words;
  });
}
