/* .grows: a box as high as its text. The text is one line of a list, so Enter starts no new one. */
(function () {
  "use strict";

  function fit(box) {
    box.style.height = "auto";
    box.style.height = box.scrollHeight + box.offsetHeight - box.clientHeight + "px";
  }

  const boxes = document.querySelectorAll("textarea.grows");
  if (!boxes.length) return;

  /* A line that is shown and a page that is turned change the width of its boxes. */
  const widths = new ResizeObserver(function (changes) {
    changes.forEach(function (change) { if (change.contentRect.width) fit(change.target); });
  });
  boxes.forEach(function (box) { widths.observe(box); });

  document.addEventListener("input", function (event) {
    const line = event.target.closest("[data-line]");
    if (line) line.querySelectorAll("textarea.grows").forEach(fit);
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.isComposing && event.target.matches("textarea.grows")) event.preventDefault();
  });
}());
