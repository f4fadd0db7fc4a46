// Django's picker of two boxes labels bare spans, whose labels nobody reads out; images have them.
"use strict";

window.addEventListener("load", () => {
  // After Django's own listener, which makes them.
  setTimeout(() => {
    for (const help of document.querySelectorAll(".selector .help-tooltip")) help.setAttribute("role", "img");
  });
});
