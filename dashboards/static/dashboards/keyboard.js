// Lets a keyboard reach what django-unfold opens by a click on a bare span or div.
"use strict";

// By the state of Alpine that a click changes: what the thing is called.
const CALLED = {
  sidebarMobileOpen: "Menu",
  sidebarDesktopOpen: "Show or hide the menu",
  openUserLinks: "Your account",
  openModal: "Close",
  showPassword: "Show or hide the password",
};
const BARE = ["span", "div"].map((tag) => `${tag}[x-on\\:click]`).join();
const CLOSE = "#nav-sidebar [x-on\\:click*=sidebarMobileOpen]";

function makeReachable(within) {
  for (const bare of within.querySelectorAll(BARE)) {
    const state = bare.getAttribute("x-on:click").match(/^\s*(\w+)\s*=/)?.[1];
    if (!(state in CALLED)) continue;
    bare.setAttribute("role", "button");
    bare.setAttribute("tabindex", "0");
    bare.setAttribute("aria-label", bare.matches(CLOSE) ? "Close the menu" : CALLED[state]);
  }
}

const isShown = (part) => Boolean(part?.getClientRects().length);

function closeMenu() {
  const close = document.querySelector(CLOSE);
  if (!isShown(close)) return;
  close.click();
  document.querySelector("#header-inner [aria-label=Menu]")?.focus();
}

document.addEventListener("DOMContentLoaded", () => makeReachable(document));
document.addEventListener("htmx:load", (event) => makeReachable(event.target.parentElement || document));

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return closeMenu();
  const bare = event.target.closest(BARE);
  if (bare !== event.target || bare.getAttribute("role") !== "button") return;
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  if (bare.matches(CLOSE)) return closeMenu();
  bare.click();
  if (bare.getAttribute("aria-label") === "Menu") setTimeout(() => document.querySelector(CLOSE)?.focus(), 50);
});
