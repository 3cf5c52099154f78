/* Small behaviours asked for by data- attributes. Every page works without this file where the browser can. */
(function () {
  "use strict";

  const phone = window.matchMedia("(max-width: 767.98px)");

  function each(root, selector, act) {
    Array.prototype.forEach.call(root.querySelectorAll(selector), act);
  }

  /* data-count-for="id": how much of the field's maxlength is used. */
  function count(counter) {
    const field = document.getElementById(counter.dataset.countFor);
    if (!field || !(field.maxLength > 0)) return;
    counter.hidden = false;
    counter.textContent = field.value.length + " / " + field.maxLength + " 字";
    counter.classList.toggle("field__count--full", field.value.length >= field.maxLength);
  }

  /* data-guard on a form: leaving with unsaved words asks first. */
  let dirty = null;

  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && form.hasAttribute("data-guard")) dirty = form;
    if (event.target.id) each(document, '[data-count-for="' + event.target.id + '"]', count);
  });

  window.addEventListener("beforeunload", function (event) {
    if (!dirty) return;
    event.preventDefault();
    event.returnValue = "";
  });

  /* data-confirm on a form or on its button: a question before it is sent. */
  function ask(question, proceed) {
    if (typeof window.HTMLDialogElement !== "function") {
      if (window.confirm(question)) proceed();
      return;
    }
    const dialog = document.createElement("dialog");
    const text = document.createElement("p");
    const yes = document.createElement("button");
    const no = document.createElement("button");
    dialog.className = "ask";
    text.textContent = question;
    text.id = "ask-text";
    dialog.setAttribute("aria-labelledby", text.id);
    yes.type = no.type = "button";
    yes.className = "btn btn-primary";
    yes.textContent = "确定";
    no.className = "btn btn-plain";
    no.textContent = "取消";
    yes.addEventListener("click", function () { dialog.close(); proceed(); });
    no.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("close", function () { dialog.remove(); });
    dialog.append(text, no, yes);
    document.body.appendChild(dialog);
    dialog.showModal();
    no.focus();
  }

  const answered = new WeakSet();

  document.addEventListener("submit", function (event) {
    const form = event.target;
    const button = event.submitter;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (question && !answered.has(form)) {
      event.preventDefault();
      ask(question, function () {
        answered.add(form);
        if (button) button.click(); else form.submit();
      });
      return;
    }
    answered.delete(form);
    if (form.method !== "post") return;
    /* A second press while the first is under way would send everything twice. */
    if (form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    window.setTimeout(function () { form.removeAttribute("aria-busy"); }, 8000);
    if (dirty === form) dirty = null;
  });

  document.addEventListener("click", function (event) {
    const target = event.target;
    each(document, "details[data-shut][open]", function (details) {
      if (!details.contains(target)) details.open = false;
    });
    if (target.closest("[data-print]")) window.print();
    if (target.closest("[data-back]")) window.history.back();

    const phrase = target.closest("[data-into]");
    if (phrase) {
      const box = document.getElementById(phrase.dataset.into);
      box.value = box.value ? box.value.replace(/[。;；\s]*$/, "；") + phrase.dataset.phrase : phrase.dataset.phrase;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    }

    /* data-unanimous: all who are present vote for it. */
    const unanimous = target.closest("[data-unanimous]");
    if (unanimous) {
      const present = document.getElementById(unanimous.dataset.unanimous);
      each(unanimous.closest("[data-votes]"), "input[type=number]", function (input, index) {
        input.value = index === 0 ? present.value : "0";
      });
      if (!present.value) present.focus();
    }

    /* data-href on a table row: the whole row opens what its link opens. */
    const row = target.closest("tr[data-href]");
    if (row && !target.closest("a, button, input, label, summary") && !String(window.getSelection())) {
      window.location.href = row.dataset.href;
    }

    const jump = target.closest('a[href="#menu"]');
    if (jump) window.setTimeout(function () { document.querySelector("#menu a").focus(); });
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    each(document, "details[data-shut][open]", function (details) {
      details.open = false;
      details.querySelector("summary").focus();
    });
    if (window.location.hash === "#menu") window.location.hash = "#main";
  });

  /* data-follow: a list of contents marks the section in view. */
  function follow(list) {
    if (!window.IntersectionObserver) return;
    const links = {};
    each(list, 'a[href^="#"]', function (link) { links[link.hash.slice(1)] = link; });
    const seen = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        if (!entry.isIntersecting) return;
        Object.keys(links).forEach(function (key) { links[key].classList.toggle("here", key === entry.target.id); });
      });
    }, { rootMargin: "-20% 0px -70% 0px" });
    Object.keys(links).forEach(function (key) {
      const section = document.getElementById(key);
      if (section) seen.observe(section);
    });
  }

  function tell(words) {
    const box = document.getElementById("messages");
    if (!box) return;
    const note = document.createElement("div");
    note.className = "note note--error";
    note.textContent = words;
    box.textContent = "";
    box.appendChild(note);
  }

  /* Autosave sends words only: a file would travel again with every pause in typing. */
  document.addEventListener("htmx:configRequest", function (event) {
    if (!saving(event)) return;
    const words = event.detail.formData;
    Array.from(words.entries()).forEach(function (entry) {
      if (entry[1] instanceof File) words.delete(entry[0]);
    });
  });

  function saving(event) {
    return event.detail.elt && event.detail.elt.hasAttribute("data-guard");
  }

  function lost(words) {
    return function (event) {
      const state = document.getElementById("save-state");
      if (saving(event) && state) {
        state.classList.add("save-state--lost");
        state.textContent = words;
      } else {
        tell(words);
      }
    };
  }

  document.addEventListener("htmx:sendError", lost("网络不通，内容还在本页，没有丢失。网络恢复后继续填写即可，也可以稍后再按“暂存”。"));
  document.addEventListener("htmx:responseError", lost("刚才没有办成，内容还在本页。请稍后再试；仍不行时请联系本单位系统管理员。"));
  document.addEventListener("htmx:afterRequest", function (event) {
    if (!event.detail.successful || !saving(event) || event.detail.xhr.responseText.includes("data-unsaved")) return;
    dirty = null;
    document.getElementById("save-state").classList.remove("save-state--lost");
  });

  function enliven(root) {
    each(root, "[data-count-for]", count);
    each(root, "[data-follow]", follow);
    each(root, "[data-back], [data-print], [data-into], [data-unanimous]", function (button) { button.hidden = false; });
    if (phone.matches) each(root, "details[data-fold]", function (details) { details.open = false; });
  }

  enliven(document);
  document.addEventListener("htmx:load", function (event) {
    if (event.detail.elt !== document.body) enliven(event.detail.elt);
  });
}());
