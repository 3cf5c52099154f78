/* The paper beside the form: drawn again after each saving, and what is being typed is marked on it. */
(function () {
  "use strict";

  const panel = document.querySelector("[data-paper]");
  if (!panel) return;
  const scroll = panel.querySelector("[data-paper-sheet]");
  let typing = "";

  function mark(field) {
    panel.querySelectorAll(".told").forEach(function (part) { part.classList.remove("told"); });
    const part = field && panel.querySelector('[data-tells~="' + field + '"]');
    if (!part) return;
    part.classList.add("told");
    const above = part.getBoundingClientRect().top - scroll.getBoundingClientRect().top;
    if (above < 0 || above > scroll.clientHeight - 60) scroll.scrollTop += above - scroll.clientHeight / 3;
  }

  document.addEventListener("focusin", function (event) {
    const box = event.target.closest("form[data-keep] [name]");
    if (!box) return;
    typing = box.name.split("-")[0];
    mark(typing);
  });

  document.addEventListener("draft:saved", function () {
    /* Not where the screen is too narrow to show it. */
    if (panel.offsetParent) window.htmx.trigger(panel, "paper:stale");
  });

  panel.addEventListener("htmx:afterSwap", function () { mark(typing); });
}());
