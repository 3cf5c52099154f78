/*
 * What was written into a form that was sent and not taken, because the session was over or no answer came: kept in this
 * window until the same person opens the same page again, and put back there. Long forms keep themselves: draft-keeper.js.
 */
(function () {
  "use strict";

  const PLACE = "written";
  const NOT_TAKEN = "登录过期前写的内容已填回，还没有提交，请核对后再提交。";
  const NOT_ANSWERED = "上次提交没有收到系统的回复，写的内容已填回。请先查看是否已经提交，没有的再提交一次。";
  const leave = document.querySelector("form[data-forget]");

  function held() {
    try {
      return JSON.parse(window.sessionStorage.getItem(PLACE));
    } catch (unreadable) {
      return null;
    }
  }

  function hold(record) {
    try {
      if (record) window.sessionStorage.setItem(PLACE, JSON.stringify(record));
      else window.sessionStorage.removeItem(PLACE);
    } catch (full) {
      /* Then the page that says so is all there is. */
    }
  }

  function isChoice(control) {
    return control.type === "checkbox" || control.type === "radio";
  }

  function here() {
    return window.location.pathname + window.location.search;
  }

  function controls(form) {
    return Array.from(form.elements).filter(function (control) {
      return control.name && !["hidden", "password", "file", "submit", "button"].includes(control.type);
    });
  }

  /* data-resume="name=value" on a form that is only there after something was sent: its hidden fields carry the work. */
  function carried(form) {
    const typed = new Set(controls(form));
    return Array.from(form.elements).filter(function (control) {
      return typed.has(control) || (control.type === "hidden" && control.name !== "csrfmiddlewaretoken");
    });
  }

  function valuesOf(form) {
    return ("resume" in form.dataset ? carried(form) : controls(form)).filter(function (control) {
      return isChoice(control) ? control.checked : control.value;
    }).map(function (control) { return [control.name, control.value]; });
  }

  /* Asked for anew with what it carried, such a form comes as it was. */
  function resume(record) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = record.path;
    form.hidden = true;
    const token = leave.elements.csrfmiddlewaretoken.value;
    record.values.concat([record.resume.split("="), ["csrfmiddlewaretoken", token]]).forEach(function (pair) {
      const box = document.createElement("textarea");
      box.name = pair[0];
      box.value = pair[1];
      form.append(box);
    });
    document.body.append(form);
    form.submit();
  }

  /* Whether this page is what came of sending: it follows the form's page. */
  function answers(record) {
    return document.referrer === window.location.origin + record.path;
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form === leave) hold(null);
    if (event.defaultPrevented || form === leave || form.method !== "post" || form.hasAttribute("data-keep") || !leave) return;
    if (event.submitter && event.submitter.hasAttribute("data-download")) return; // the page stays
    hold({ account: leave.dataset.forget, path: here(), sentTo: form.action, resume: form.dataset.resume, values: valuesOf(form) });
  });

  const record = held();
  if (!record) return;
  if (document.querySelector("[data-session-over]")) {
    record.lost = true;
    hold(record);
    return;
  }
  if (!leave) return; // on the way: the sign-in
  if (record.account !== leave.dataset.forget || (!record.lost && answers(record))) {
    hold(null);
    return;
  }
  if (record.path !== here()) return;
  hold(null);
  if (record.resume) {
    resume(record);
    return;
  }
  const form = Array.from(document.forms).find(function (one) { return one.action === record.sentTo && one !== leave; });
  if (!form || !record.values.length || JSON.stringify(valuesOf(form)) === JSON.stringify(record.values)) return;
  const waiting = record.values.slice();

  function take(fits) {
    const at = waiting.findIndex(fits);
    return at < 0 ? null : waiting.splice(at, 1)[0][1];
  }

  controls(form).forEach(function (control) {
    if (isChoice(control)) {
      control.checked = take(function (pair) { return pair[0] === control.name && pair[1] === control.value; }) !== null;
    } else {
      const wrote = take(function (pair) { return pair[0] === control.name; });
      control.value = wrote === null ? "" : wrote;
    }
    control.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const box = document.getElementById("messages");
  const note = document.createElement("div");
  const rest = waiting.map(function (pair) { return pair[1]; }).join("；");
  note.className = "note note--info";
  note.textContent = (record.lost ? NOT_TAKEN : NOT_ANSWERED) + (rest ? "没有找到位置的：" + rest : "");
  box.append(note);
}());
