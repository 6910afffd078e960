// Keeps the list of requests up to date, and lets what is to be copied be copied with one press. All pages work without.
"use strict";

const EVERY = 2000; // milliseconds

function openNumbers(list) {
  return new Set([...list.querySelectorAll("li:has(> details[open])")].map((row) => row.dataset.number));
}

function isBeingCopied(list) {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && list.contains(selection.anchorNode);
}

function show(list, text) {
  const open = openNumbers(list);
  const focused = list.contains(document.activeElement) ? document.activeElement.closest("li").dataset.number : null;
  const rows = new DOMParser().parseFromString(`<ol>${text}</ol>`, "text/html").querySelectorAll("ol > li");
  list.replaceChildren(...[...rows].slice(0, Number(list.dataset.most) || Infinity));
  for (const row of list.children) {
    if (open.has(row.dataset.number)) row.querySelector("details").open = true;
    if (focused !== null && row.dataset.number === focused) row.querySelector("summary").focus({ preventScroll: true });
  }
  if (navigator.clipboard) addCopyButtons(list);
}

async function keepUpToDate(list) {
  let shown = null;
  for (;;) {
    await new Promise((later) => setTimeout(later, EVERY));
    if (document.hidden || isBeingCopied(list)) continue;
    try {
      const answer = await fetch(list.dataset.live, { redirect: "error" });
      const text = answer.ok ? await answer.text() : shown;
      if (text === shown || isBeingCopied(list)) continue;
      show(list, text);
      shown = text;
    } catch {
      // The sandbox was stopped; perhaps it is started again.
    }
  }
}

function addCopyButtons(within) {
  for (const text of within.querySelectorAll(".curl, code.copy")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "copy-button", textContent: "Copy" });
    const said = text.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(said);
      button.textContent = "Copied";
    });
    text.after(button);
  }
}

if (navigator.clipboard) addCopyButtons(document);
document.querySelectorAll("[data-live]").forEach(keepUpToDate);
