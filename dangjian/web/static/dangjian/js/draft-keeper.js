/*
 * A long form (form[data-keep]) saves itself while one types. What the server does not have yet is kept in this
 * browser under the account, offered when the form is opened again, and forgotten at sign-out.
 */
(function () {
  "use strict";

  const form = document.querySelector("form[data-keep]");
  const NOT_WORDS = ["csrfmiddlewaretoken", "next", "remove", "seen"];

  /* A key is "account page load": two tabs of one form never write over each other. */
  const under = window.Kept.under;
  const forget = window.Kept.forget;

  /* Signing out on a shared computer leaves nothing behind. */
  document.addEventListener("submit", function (event) {
    const leaving = event.target;
    if (!leaving.dataset.forget || event.defaultPrevented) return;
    event.preventDefault();
    let gone = false;
    const go = function () {
      if (!gone) leaving.submit();
      gone = true;
    };
    window.setTimeout(go, 1500);
    forget(under(leaving.dataset.forget + " ")).then(go, go);
  });

  /* The page that follows a successful save settles what was sent from this tab just before. */
  const sent = window.sessionStorage.getItem("sent");
  window.sessionStorage.removeItem("sent");
  const settling = document.querySelector("form[data-settles]");
  if (sent && settling && sent.includes(" " + settling.dataset.settles + " ") && /\/(application|plan|request)\/$/.test(document.referrer)) {
    forget(sent).catch(function () {});
  }

  if (!form) return;

  const place = form.dataset.account + " " + form.dataset.keep + " ";
  const own = place + Date.now() + "-" + Math.random().toString(36).slice(2);
  const state = document.getElementById("save-state");
  const bar = document.querySelector("[data-kept]");
  let typed = 0; // counts what was typed, so that an answer knows whether it covers all of it
  let asked = 0; // what the save under way covers
  let covered = 0; // what the server has
  let writing = false;
  let again = false;
  let keeps = Boolean(window.indexedDB);

  function isChoice(control) {
    return control.type === "checkbox" || control.type === "radio";
  }

  function controls() {
    return Array.from(form.elements).filter(function (control) {
      return control.name && !NOT_WORDS.includes(control.name) && !["file", "submit", "button"].includes(control.type);
    });
  }

  /* What the server sent in a box; a list to choose from has no default value of its own. */
  function sentIn(control) {
    if (!control.options) return control.defaultValue;
    const options = Array.from(control.options);
    return (options.find(function (option) { return option.defaultSelected; }) || options[0] || { value: "" }).value;
  }

  /* The form as names and values: as it stands, or as the server sent it. */
  function words(asSent) {
    return controls().filter(function (control) {
      return !isChoice(control) || (asSent ? control.defaultChecked : control.checked);
    }).map(function (control) {
      return [control.name, asSent && !isChoice(control) ? sentIn(control) : control.value];
    });
  }

  function plain(values) {
    return JSON.stringify(values.map(function (pair) {
      return [pair[0], pair[1].replace(/\s+/g, " ").trim()];
    }).filter(function (pair) { return pair[1]; }));
  }

  /* values: {name: [value, …]} */
  function fill(target, values) {
    Array.from(target.elements).forEach(function (control) {
      const wanted = values[control.name];
      if (!wanted) return;
      if (isChoice(control)) control.checked = wanted.includes(control.value);
      else control.value = wanted[0] || "";
      control.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  function keep() {
    if (writing) {
      again = true;
      return;
    }
    writing = true;
    again = false;
    const record = { key: own, at: Date.now(), seen: form.elements.seen.value, values: words(false) };
    const done = function () {
      writing = false;
      if (again) keep();
      else if (covered === typed) forget(own).catch(function () {});
    };
    window.Kept.put(record).then(done, function () {
      keeps = false;
      done();
    });
  }

  form.addEventListener("input", function (event) {
    if (event.target.type === "file") return; // uploads.js
    typed += 1;
    keep();
  });

  /* What is kept from before: offered newest first, dropped where the server has it already. */

  function clockTime(at) {
    const then = new Date(at);
    const time = String(then.getHours()).padStart(2, "0") + ":" + String(then.getMinutes()).padStart(2, "0");
    const today = then.toDateString() === new Date().toDateString();
    return today ? time : then.getMonth() + 1 + "月" + then.getDate() + "日 " + time;
  }

  function offer(records) {
    const record = records.pop();
    bar.hidden = !record;
    if (!record) return;
    bar.querySelectorAll("[data-kept-at]").forEach(function (part) { part.textContent = clockTime(record.at); });
    bar.querySelector("[data-kept-restore]").onclick = function () {
      const values = {};
      controls().forEach(function (control) { values[control.name] = []; });
      record.values.forEach(function (pair) { if (values[pair[0]]) values[pair[0]].push(pair[1]); });
      /* It was typed on that count of savings: if somebody saved since, the server will say so. */
      form.elements.seen.value = record.seen;
      fill(form, values);
      forget(record.key).then(function () { offer(records); });
    };
    bar.querySelector("[data-kept-drop]").onclick = function () {
      forget(record.key).then(function () { offer(records); });
    };
  }

  window.Kept.all(place).then(function (records) {
    if (form.hasAttribute("data-refused")) {
      if (sent) forget(sent);
      typed += 1;
      keep();
      return;
    }
    const onServer = plain(words(true));
    const open = records.filter(function (record) { return record.key !== own && plain(record.values) !== onServer; });
    records.filter(function (record) { return plain(record.values) === onServer && record.key !== own; })
      .forEach(function (record) { forget(record.key); });
    offer(open.sort(function (a, b) { return a.at - b.at; }));
  }).catch(function () { keeps = false; });

  document.addEventListener("submit", function (event) {
    if (event.target === form && !event.defaultPrevented) window.sessionStorage.setItem("sent", own);
  });

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-adopt]");
    if (button) fill(form, JSON.parse(button.dataset.adopt));
  });

  /* Saving while one types. */

  function say(text) {
    state.classList.add("save-state--lost");
    state.textContent = text.replace("{kept}", keeps ? "内容已留在本机" : "内容还在本页");
  }

  /* The form's own address leads through the sign-in and back. */
  function expired() {
    const way = document.createElement("a");
    way.href = window.location.pathname;
    way.textContent = "重新登录";
    way.dataset.leave = "";
    say("登录已过期，{kept}，请");
    state.append(way);
  }

  /* Where the answer came from, if not from the form's own address: it led on. */
  function elsewhere(event) {
    const address = event.detail.xhr.responseURL;
    const path = address ? new URL(address).pathname : "";
    return path === window.location.pathname ? "" : path;
  }

  /* Handed in or dropped by somebody else: saving on would lead away again and again. */
  function closed() {
    form.dataset.stopped = "yes";
    say("这份内容刚刚被提交或撤销，不能再改；写的{kept}，可以复制出来");
  }

  /* What else the page asks for passes by here too: only the form's own saving counts. */
  function onSaving(name, act) {
    form.addEventListener(name, function (event) {
      if (event.target === form) act(event);
    });
  }

  onSaving("htmx:configRequest", function (event) {
    asked = typed;
    /* Words only: a file would travel again with every pause in typing. */
    const data = event.detail.formData;
    Array.from(data.entries()).forEach(function (entry) {
      if (entry[1] instanceof File) data.delete(entry[0]);
    });
  });

  onSaving("htmx:beforeRequest", function (event) {
    if (form.dataset.stopped) event.preventDefault();
  });

  onSaving("htmx:beforeOnLoad", function (event) {
    const path = elsewhere(event);
    if (!path) return;
    event.preventDefault();
    /* The sign-in page came instead: the session is over. */
    if (path.startsWith("/sign-in/")) expired();
    else closed();
  });

  onSaving("htmx:sendError", function () { say("网络不通，{kept}，网络恢复后自动再存。"); });

  onSaving("htmx:responseError", function (event) {
    /* The form's secret lives in the session: refused means that the session is over. */
    if (event.detail.xhr.status === 403) expired();
    else say("没有存上，{kept}，请稍后再按“暂存”；仍不行时请联系本单位系统管理员。");
  });

  onSaving("htmx:afterRequest", function (event) {
    if (!event.detail.successful || elsewhere(event)) return;
    const answer = event.detail.xhr.responseText;
    /* Somebody else saved: saving on would be refused again and again; “暂存” shows both. */
    if (answer.includes("data-overtaken")) form.dataset.stopped = "yes";
    if (answer.includes("data-unsaved")) return;
    state.classList.remove("save-state--lost");
    covered = asked;
    if (covered !== typed) return;
    form.dispatchEvent(new CustomEvent("draft:saved", { bubbles: true }));
    forget(own).catch(function () {});
  });

  document.addEventListener("network:back", function () {
    if (covered !== typed) controls()[0].dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.querySelectorAll("[data-adopt]").forEach(function (button) { button.hidden = false; });
}());
