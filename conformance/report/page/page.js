"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const toggle = document.getElementById("toggle");
  const findings = all(".finding");
  const searchable = all("[data-search]");
  const chips = all(".chip");

  // filter shows what matches each word of the search, and findings of the
  // outcomes that are chosen.
  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const outcomes = new Set(chips.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset.outcome));
    for (const element of searchable) {
      const matches = words.every((word) => element.dataset.search.includes(word));
      element.hidden = !matches || (element.dataset.outcome !== undefined && !outcomes.has(element.dataset.outcome));
    }
    const shown = findings.filter((f) => !f.hidden).length;
    document.querySelector(".empty.none").hidden = shown > 0 || findings.length === 0;
    found.textContent = words.length || shown < findings.length ? `${shown} of ${findings.length} findings` : "";
    if (words.length) document.getElementById("all-cases").open = true;
    try {
      history.replaceState(null, "", words.length ? "#q=" + encodeURIComponent(search.value) : location.pathname);
    } catch { /* a page from a file may not */ }
  }

  let waiting;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 80); });
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }

  toggle.addEventListener("click", () => {
    const open = toggle.textContent === "Open all";
    for (const f of findings) f.open = open;
    toggle.textContent = open ? "Close all" : "Open all";
  });

  // go moves the focus to the next or previous finding that is shown.
  function go(step) {
    const shown = findings.filter((f) => !f.hidden);
    if (!shown.length) return;
    const at = shown.findIndex((f) => f.contains(document.activeElement));
    const next = shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : Math.min(Math.max(at + step, 0), shown.length - 1)];
    next.querySelector("summary").focus();
    next.scrollIntoView({ block: "start" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Escape") { search.value = ""; filter(); search.blur(); }
      return;
    }
    switch (event.key) {
      case "/": event.preventDefault(); search.focus(); search.select(); break;
      case "j": go(1); break;
      case "k": go(-1); break;
      case "Escape": search.value = ""; filter(); break;
    }
  });

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    await copy(button.parentElement.querySelector("code").textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });

  // On paper everything is open.
  let closed = [];
  addEventListener("beforeprint", () => { closed = all("details:not([open])"); for (const d of closed) d.open = true; });
  addEventListener("afterprint", () => { for (const d of closed) d.open = false; });

  const asked = /^#q=(.*)$/.exec(location.hash);
  if (asked) {
    try { search.value = decodeURIComponent(asked[1]); } catch { search.value = ""; }
    filter();
  }
})();
