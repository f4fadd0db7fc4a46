// Keeps htmx and Alpine within the content security policy, and makes "Back" buttons work.
"use strict";

htmx.config.includeIndicatorStyles = false; // an inline style; ours stand in dashboards.css
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;

// Alpine writes a bound style as an attribute, which the policy refuses; this says the same.
const setAttribute = Element.prototype.setAttribute;
Element.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value;
  else setAttribute.call(this, name, value);
};

// A live part in which somebody is at work stays as it is; a condition in hx-trigger needs eval.
document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.target;
  if (part.matches("[data-waits]") && part.querySelector("details[open], :focus")) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-back]")) window.history.back();
});
