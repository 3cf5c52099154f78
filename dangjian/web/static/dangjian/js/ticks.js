/* data-ticks="name": one box that ticks every box of that name on the page, and says how they stand.
   data-chosen="name": how many of them are ticked, and which; data-none is said while none is. */
(function () {
  "use strict";

  function boxes(name) {
    return Array.from(document.querySelectorAll("input[type=checkbox][name='" + name + "']:not(:disabled)"));
  }

  /* All, none, or some of them: whatever changed them, it is their state that is shown. */
  function settle(all) {
    const own = boxes(all.dataset.ticks);
    const ticked = own.filter(function (box) { return box.checked; }).length;
    all.checked = own.length > 0 && ticked === own.length;
    all.indeterminate = ticked > 0 && ticked < own.length;
  }

  /* The boxes themselves may be out of sight: on a phone behind the very bar with the button. */
  function tell(told) {
    const names = boxes(told.dataset.chosen).filter(function (box) { return box.checked; }).map(function (box) {
      return box.labels[0].textContent.trim();
    });
    const text = names.length ? "选中 " + names.length + " 份：" + names.join("、") : told.dataset.none;
    told.hidden = false;
    if (told.textContent !== text) told.textContent = text;
  }

  function settleAll() {
    document.querySelectorAll("[data-chosen]").forEach(tell);
    document.querySelectorAll("[data-ticks]").forEach(function (all) {
      all.closest(".tick-all").hidden = false;
      settle(all);
    });
  }

  document.addEventListener("change", function (event) {
    const all = event.target;
    if (all.dataset.ticks) boxes(all.dataset.ticks).forEach(function (box) { box.checked = all.checked; });
    if (all.type === "checkbox") settleAll();
  });
  document.addEventListener("reset", function () { window.setTimeout(settleAll); });
  document.addEventListener("htmx:load", settleAll);
  /* What the browser ticks again after a reload or on going back, it has ticked by now. */
  window.addEventListener("pageshow", settleAll);
  settleAll();
}());
