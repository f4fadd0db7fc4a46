// Ticks contacts, says how many, and closes what was opened over the page. Lists work without it.
"use strict";

for (const form of document.querySelectorAll("[data-bulk]")) {
  const all = form.querySelector("[data-tick-all]");
  const said = form.querySelector("[data-ticked]");
  const boxes = [...form.querySelectorAll("input[name=id]")];
  if (!all || !said) continue;
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    said.textContent = `Ticked: ${ticked}`;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  const narrow = () => { form.querySelector("input[name=scope][value=page]").checked = true; };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    narrow();
    tell();
  });
  for (const box of boxes) box.addEventListener("change", () => { narrow(); tell(); });
  window.addEventListener("pageshow", tell);
}

for (const pop of document.querySelectorAll("[data-pop]")) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !pop.open) return;
    pop.open = false;
    pop.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (pop.open && !pop.contains(event.target)) pop.open = false;
  });
}
