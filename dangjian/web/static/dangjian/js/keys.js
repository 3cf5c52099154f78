/* Single keys for lists: / looks up, j and k go down and up, Enter opens, ? explains. Never while one types; they can be switched off. */
(function () {
  "use strict";

  const OFF = "keys-off";
  let reached = -1;

  function isOff() {
    try { return window.localStorage.getItem(OFF) === "1"; } catch (error) { return false; }
  }

  function turn(off) {
    try { if (off) window.localStorage.setItem(OFF, "1"); else window.localStorage.removeItem(OFF); } catch (error) { /* not kept */ }
  }

  function lines() {
    return Array.from(document.querySelectorAll("tr[data-href]"));
  }

  function reach(step) {
    const all = lines();
    if (!all.length) return;
    all.forEach(function (line) { line.classList.remove("is-reached"); });
    reached = Math.min(Math.max(reached + step, 0), all.length - 1);
    const line = all[reached];
    line.classList.add("is-reached");
    line.scrollIntoView({ block: "nearest" });
    /* The link takes the focus, so that Enter opens it and a reader says its name. */
    const link = line.querySelector("a");
    if (link) link.focus({ preventScroll: true });
  }

  function explain() {
    if (document.querySelector("dialog.keys") || typeof window.HTMLDialogElement !== "function") return;
    const dialog = document.createElement("dialog");
    dialog.className = "keys";
    dialog.setAttribute("aria-labelledby", "keys-title");
    const title = document.createElement("h2");
    title.id = "keys-title";
    title.textContent = "快捷键";
    const list = document.createElement("dl");
    [["/", "查找"], ["j", "下一行"], ["k", "上一行"], ["Enter", "打开这一行"], ["?", "看这些快捷键"]].forEach(function (pair) {
      const key = document.createElement("dt");
      const kbd = document.createElement("kbd");
      const text = document.createElement("dd");
      kbd.textContent = pair[0];
      text.textContent = pair[1];
      key.append(kbd);
      list.append(key, text);
    });
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = !isOff();
    box.addEventListener("change", function () { turn(!box.checked); });
    label.append(box, "在这台电脑上使用单键快捷键");
    const close = document.createElement("button");
    close.className = "btn btn-plain";
    close.textContent = "关闭";
    close.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("close", function () { dialog.remove(); });
    dialog.append(title, list, label, close);
    document.body.append(dialog);
    dialog.showModal();
  }

  const acts = {
    "/": function () {
      const box = document.querySelector(".seek input") || document.querySelector("input[type=search]");
      if (box && box.offsetParent) box.focus();
    },
    j: function () { reach(1); },
    k: function () { reach(-1); },
    "?": explain,
  };

  document.addEventListener("keydown", function (event) {
    const typing = event.target.closest("input, textarea, select, [contenteditable], dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!isOff() && acts[event.key]) {
      event.preventDefault();
      acts[event.key]();
    }
  });

  /* data-keys: a box that switches them on and off, on the page of one's own account and in the explanation. */
  Array.prototype.forEach.call(document.querySelectorAll("[data-keys]"), function (box) {
    box.checked = !isOff();
    box.closest("[hidden]").hidden = false;
    box.addEventListener("change", function () { turn(!box.checked); });
  });

  document.addEventListener("htmx:afterSwap", function () { reached = -1; });
})();
