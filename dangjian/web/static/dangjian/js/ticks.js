/* data-ticks="name": one box that ticks every box of that name on the page, and says how they stand. */
(function () {
  "use strict";

  function boxes(all) {
    return Array.from(document.querySelectorAll("input[type=checkbox][name='" + all.dataset.ticks + "']:not(:disabled)"));
  }

  /* All, none, or some of them: whatever changed them, it is their state that is shown. */
  function settle(all) {
    const own = boxes(all);
    const ticked = own.filter(function (box) { return box.checked; }).length;
    all.checked = own.length > 0 && ticked === own.length;
    all.indeterminate = ticked > 0 && ticked < own.length;
  }

  function settleAll() {
    document.querySelectorAll("[data-ticks]").forEach(function (all) {
      all.closest(".tick-all").hidden = false;
      settle(all);
    });
  }

  document.addEventListener("change", function (event) {
    const all = event.target;
    if (all.dataset.ticks) boxes(all).forEach(function (box) { box.checked = all.checked; });
    if (all.type === "checkbox") settleAll();
  });
  document.addEventListener("reset", function () { window.setTimeout(settleAll); });
  document.addEventListener("htmx:load", settleAll);
  /* What the browser ticks again after a reload or on going back, it has ticked by now. */
  window.addEventListener("pageshow", settleAll);
  settleAll();
}());
