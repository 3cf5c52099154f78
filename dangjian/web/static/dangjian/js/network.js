/*
 * The banner that says the network is gone, as soon as the browser knows it or a request failed, and that it is back.
 * Others say network:lost when a request of theirs did not get through, and listen to network:back.
 */
(function () {
  "use strict";

  const banner = document.getElementById("offline");
  if (!banner) return;
  const box = banner.firstElementChild;
  const text = box.querySelector("span");
  const keeps = document.querySelector("form[data-keep]");
  const TRY_AFTER = 5000;
  let lost = false;
  let timer = 0;

  function say(words, back) {
    text.textContent = words;
    box.classList.toggle("offline__in--back", Boolean(back));
    box.hidden = !words;
  }

  function gone() {
    if (!lost) {
      lost = true;
      say(keeps
        ? "网络已断开。可以接着填，内容留在这台电脑上，网络恢复后自动保存、接着上传。"
        : "网络已断开。页面上的内容可能不是最新的，请等网络恢复后再提交。");
    }
    window.clearTimeout(timer);
    timer = window.setTimeout(look, TRY_AFTER);
  }

  function back() {
    if (!lost) return;
    lost = false;
    window.clearTimeout(timer);
    say("网络已恢复。", true);
    window.setTimeout(function () { if (!lost) say(""); }, 4000);
    document.dispatchEvent(new CustomEvent("network:back"));
  }

  /* The browser knows when the cable is out, not whether the server can be reached: a small file tells. */
  function look() {
    if (!navigator.onLine) return;
    window.fetch(banner.dataset.probe, { method: "HEAD", cache: "no-store" }).then(back, gone);
  }

  window.addEventListener("offline", gone);
  window.addEventListener("online", look);
  document.addEventListener("network:lost", gone);
  document.addEventListener("htmx:sendError", gone);
  if (!navigator.onLine) gone();

  /* Sent without a network, a form would give way to the browser's error page, and what was typed with it. */
  document.addEventListener("submit", function (event) {
    if (navigator.onLine || event.target.method !== "post" || event.target.dataset.forget) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    gone();
    say("网络已断开，没有提交，填好的内容还在本页。网络恢复后请再按一次。");
  }, true);
}());
