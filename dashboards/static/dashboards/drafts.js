// Keeps what is typed in a form while its page is left for the sign-in or for an error, in this tab only.
"use strict";

// Whose page it is stands behind the address of this script; nobody is signed in where it is empty.
const PERSON = new URL(document.currentScript.src).hash.slice(1);
const PLACE = location.pathname + location.search;
const STORE = "drafts";
const MOST = 1_000_000; // characters; a browser keeps about five million
const NEVER = ["csrfmiddlewaretoken"];
const BACK = "What you had typed here is back. Nothing is saved yet.";
const AGAIN = "Secrets and files have to be given again.";

function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(STORE)) || {};
    return found.person === PERSON ? found.pages : {};
  } catch {
    return {};
  }
}

function keep(pages) {
  const text = JSON.stringify({ person: PERSON, pages });
  try {
    if (text.length > MOST || !Object.keys(pages).length) sessionStorage.removeItem(STORE);
    else sessionStorage.setItem(STORE, text);
  } catch {
    sessionStorage.removeItem(STORE);
  }
}

// A form is known by where it is sent, and as the first, second … that is sent there.
const FORMS = "form[method=post], form[hx-post]";
const sentTo = (form) => form.getAttribute("hx-post") || form.getAttribute("action") || "";
const alike = (address) => [...document.querySelectorAll(FORMS)].filter((form) => sentTo(form) === address);
const nameOf = (form) => `${alike(sentTo(form)).indexOf(form)} ${sentTo(form)}`;
const called = (name) => alike(name.slice(name.indexOf(" ") + 1))[parseInt(name, 10)];
const isSecret = (control) => ["password", "file"].includes(control?.type);

function typedIn(form) {
  const secret = new Set([...form.elements].filter(isSecret).map((control) => control.name));
  return [...new FormData(form)].filter(([name]) => !secret.has(name) && !NEVER.includes(name));
}

function note(event) {
  const form = event.target.closest?.(FORMS);
  if (!form || !PERSON || (event.type === "htmx:load" && !form.dataset.redraws)) return;
  const pages = kept();
  const page = pages[PLACE] || { forms: {} };
  page.forms[nameOf(form)] = typedIn(form);
  keep({ ...pages, [PLACE]: page });
}

// What was sent without leaving the page is not typed any more; a session that ended took nothing.
function forget(event) {
  const { requestConfig, successful, xhr } = event.detail;
  const pages = kept();
  if (!requestConfig.elt.matches("form") || !successful || xhr.getResponseHeader("HX-Redirect") || !pages[PLACE]) return;
  for (const name of Object.keys(pages[PLACE].forms)) {
    if (name.endsWith(` ${sentTo(requestConfig.elt)}`)) delete pages[PLACE].forms[name];
  }
  keep(pages);
}

function fill(form, pairs) {
  const values = new Map();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) || []), value]);
  for (const control of form.elements) {
    if (!control.name || isSecret(control) || NEVER.includes(control.name)) continue;
    const said = values.get(control.name) || [];
    if (["checkbox", "radio"].includes(control.type)) control.checked = said.includes(control.value);
    else if (control.type === "select-multiple") for (const option of control.options) option.selected = said.includes(option.value);
    else if (said.length) control.value = said.shift();
  }
}

// A part of the form that the server draws from what was typed is drawn anew.
async function redraw(form, pairs) {
  const part = document.querySelector(form.dataset.redraws);
  const body = new URLSearchParams(pairs);
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(form.dataset.redrawsFrom, { method: "POST", body });
  if (!answer.ok) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(form.dataset.redraws);
  part.replaceWith(drawn);
  htmx.process(drawn);
}

function say(form) {
  const said = document.createElement("p");
  const anew = document.createElement("button");
  said.className = "sb-back";
  said.setAttribute("role", "status");
  said.textContent = [...form.elements].some(isSecret) ? `${BACK} ${AGAIN}` : BACK;
  anew.type = "button";
  anew.textContent = "Start over";
  anew.addEventListener("click", () => {
    sessionStorage.removeItem(STORE);
    location.reload();
  });
  said.append(" ", anew);
  form.before(said);
}

function put(form, pairs) {
  fill(form, pairs);
  say(form);
  if (form.dataset.redraws) document.addEventListener("DOMContentLoaded", () => redraw(form, pairs));
}

// A form that a button of the page fetches is fetched again.
function open(name, pairs) {
  const address = name.slice(name.indexOf(" ") + 1);
  const opener = document.querySelector(`[hx-get="${CSS.escape(address)}"]`);
  if (!opener) return;
  const fetched = () => {
    if (!called(name)) return;
    document.removeEventListener("htmx:load", fetched);
    put(called(name), pairs);
  };
  document.addEventListener("DOMContentLoaded", () => {
    document.addEventListener("htmx:load", fetched);
    opener.click();
  });
}

function bringBack(page) {
  for (const [name, pairs] of Object.entries(page.forms)) {
    if (called(name)) put(called(name), pairs);
    else open(name, pairs);
  }
}

// Before the page's own scripts look at its forms, which are deferred.
function arrive() {
  if (document.querySelector("[data-keeps-drafts]")) {
    const found = JSON.parse(sessionStorage.getItem(STORE));
    for (const page of Object.values(found?.pages || {})) page.isKept = true;
    if (found) sessionStorage.setItem(STORE, JSON.stringify(found));
    return;
  }
  const left = Object.entries(kept()).filter(([, page]) => page.isKept);
  const pages = PERSON ? Object.fromEntries(left) : {};
  if (pages[PLACE]) {
    bringBack(pages[PLACE]);
    pages[PLACE].isKept = false;
  }
  keep(pages);
}

document.addEventListener("readystatechange", () => document.readyState === "interactive" && arrive());
for (const name of ["input", "change", "submit", "htmx:load"]) document.addEventListener(name, note);
document.addEventListener("htmx:afterRequest", forget);
