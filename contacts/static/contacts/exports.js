// Shows the chosen columns in their order, moves them, and says when a download begins. Pages work without it.
"use strict";

const RESTS_MS = 4000;

function button(label, symbol, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = symbol;
  made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

function chooser(form) {
  const list = form.querySelector("[data-order]");
  const kept = form.querySelector("input[name=order]");
  const boxes = [...form.querySelectorAll("input[name=column]")];
  const byName = new Map(boxes.map((box) => [box.value, box]));
  const labelOf = (name) => byName.get(name).parentElement.textContent.trim();
  let order = kept.value.split(",").filter((name) => byName.get(name)?.checked);

  function move(name, by) {
    const at = order.indexOf(name);
    const to = at + by;
    if (to < 0 || to >= order.length) return;
    order.splice(to, 0, ...order.splice(at, 1));
    draw();
    const moved = list.children[to].querySelectorAll("button");
    moved[by < 0 ? 0 : 1].focus();
  }

  function item(name, at) {
    const row = document.createElement("li");
    const text = document.createElement("span");
    const label = labelOf(name);
    text.textContent = label;
    const up = button(`Move ${label} up`, "↑", () => move(name, -1));
    const down = button(`Move ${label} down`, "↓", () => move(name, 1));
    up.setAttribute("aria-disabled", String(at === 0));
    down.setAttribute("aria-disabled", String(at === order.length - 1));
    row.append(text, up, down);
    return row;
  }

  function draw() {
    list.replaceChildren(...order.map(item));
    form.querySelector("[data-order-empty]").hidden = order.length > 0;
    kept.value = order.join(",");
  }

  function take(names) {
    for (const box of boxes) box.checked = names.includes(box.value);
    order = names;
    draw();
  }

  for (const box of boxes) {
    box.addEventListener("change", () => {
      order = order.filter((name) => name !== box.value);
      if (box.checked) order.push(box.value);
      draw();
    });
  }
  for (const chip of form.querySelectorAll("[data-columns]")) {
    const wanted = chip.dataset.columns;
    chip.addEventListener("click", () => {
      take(wanted === "all" ? boxes.map((box) => box.value) : wanted.split(",").filter((name) => byName.has(name)));
    });
  }
  // The first button of a form answers Enter: export. Beside the name, it is the other one.
  form.querySelector("input[name=set_name]").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=save]"));
  });
  form.querySelector(".exp-order").hidden = false;
  draw();
}

for (const form of document.querySelectorAll("form[data-export]")) {
  if (form.querySelector("[data-order]")) chooser(form);
  // A download leaves the page where it is: the button rests for a moment only.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.value === "save") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const status = form.querySelector("[data-export-status]");
    status.textContent = "On its way. What is downloaded stays under Exports, too.";
    setTimeout(() => delete form.dataset.sent, RESTS_MS);
  });
}
