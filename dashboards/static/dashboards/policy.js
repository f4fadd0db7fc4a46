// Keeps htmx within the content security policy, makes "Back" work, says when a fragment fails.
"use strict";

htmx.config.includeIndicatorStyles = false; // an inline style; ours stand in dashboards.css
htmx.config.allowEval = false;
htmx.config.allowScriptTags = false;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-back]")) window.history.back();
});
