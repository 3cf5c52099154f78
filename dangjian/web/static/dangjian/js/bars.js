/* What has the focus never lies under the bar at the foot of the window, however high that is on a phone. */
(function () {
  "use strict";

  const bars = document.querySelectorAll(".moves");
  if (!bars.length) return;

  function covering() {
    return Array.from(bars).filter(function (bar) { return window.getComputedStyle(bar).position === "sticky"; });
  }

  /* The browser scrolls to whatever is reached by Tab, and keeps clear of as much as it is told here. */
  function keepClear() {
    const highest = Math.max.apply(null, [0].concat(covering().map(function (bar) { return bar.offsetHeight; })));
    document.documentElement.style.scrollPaddingBottom = highest ? highest + 16 + "px" : "";
  }

  const heights = new ResizeObserver(keepClear);
  bars.forEach(function (bar) { heights.observe(bar); });
  window.addEventListener("resize", keepClear);

  /* It leaves alone what is already in the window, be it under the bar. */
  document.addEventListener("focusin", function (event) {
    const reached = event.target;
    if (!reached.matches(":focus-visible")) return;
    covering().forEach(function (bar) {
      if (bar.contains(reached)) return;
      const box = reached.getBoundingClientRect();
      const edge = bar.getBoundingClientRect();
      const beside = box.right <= edge.left || box.left >= edge.right;
      const hidden = beside ? 0 : box.bottom + 8 - edge.top;
      const room = box.top - parseFloat(window.getComputedStyle(document.documentElement).scrollPaddingTop);
      if (hidden > 0 && room > 0) window.scrollBy(0, Math.min(hidden, room));
    });
  });
}());
