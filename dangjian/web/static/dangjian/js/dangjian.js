/* Small behaviours asked for by data- attributes. Every page works without this file where the browser can. */
(function () {
  "use strict";

  const phone = window.matchMedia("(max-width: 767.98px)");

  function each(root, selector, act) {
    Array.prototype.forEach.call(root.querySelectorAll(selector), act);
  }

  const SHORT = 50; // letters that a box holds without anybody counting

  /* data-count-for="id": how much of what the field may hold is used; characters as the server counts them. */
  function count(counter) {
    const field = document.getElementById(counter.dataset.countFor);
    const most = field && (Number(field.dataset.most) || field.maxLength);
    if (!(most > 0)) return;
    const used = Array.from(field.value.trim()).length;
    counter.hidden = most < SHORT && used <= most;
    counter.textContent = used > most ? "超出 " + (used - most) + " 字" : used + " / " + most + " 字";
    counter.classList.toggle("field__count--full", used > most);
  }

  /* data-when="months:12" or "after:2022-12-31": shown while the period in #id_starts and #id_ends asks for it. */
  function asksFor(when, starts, ends) {
    const from = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(starts);
    const to = /^(\d{4})-(\d\d)(?:-(\d\d))?$/.exec(ends);
    const rule = when.split(":");
    if (!from || !to) return false;
    if (rule[0] === "after") return (to[3] ? ends : ends + "-31") > rule[1];
    const months = (to[1] - from[1]) * 12 + (to[2] - from[2]);
    return months > rule[1] || (months === Number(rule[1]) && Boolean(from[3] && to[3]) && to[3] >= from[3]);
  }

  function askForMore() {
    const starts = document.getElementById("id_starts");
    const ends = document.getElementById("id_ends");
    if (!starts || !ends) return;
    each(document, "[data-when]", function (part) {
      const box = part.querySelector("textarea");
      const holds = box && (box.value.trim() || part.classList.contains("field--bad"));
      part.hidden = !holds && !asksFor(part.dataset.when, starts.value.trim(), ends.value.trim());
    });
  }

  /* data-lines: a list in a form. Every line is there from the start; those with nothing in them wait to be asked for. */
  function boxes(line) {
    return Array.from(line.querySelectorAll("input, select, textarea"));
  }

  function holds(line) {
    return boxes(line).some(function (box) { return box.value.trim(); }) || Boolean(line.querySelector(".field__error"));
  }

  function arrange(list) {
    const lines = Array.from(list.querySelectorAll("[data-line]"));
    const shown = lines.filter(function (line) { return !line.hidden; });
    list.querySelector("[data-line-add]").hidden = shown.length === lines.length;
    lines.forEach(function (line) {
      line.querySelector('[data-line-move="up"]').hidden = shown.length < 2 || line === shown[0];
      line.querySelector('[data-line-move="down"]').hidden = shown.length < 2 || line === shown[shown.length - 1];
    });
    lines.forEach(function (line) { line.querySelector("[data-line-drop]").hidden = shown.length === 1 && !holds(line); });
  }

  function settle(list) {
    const lines = Array.from(list.querySelectorAll("[data-line]"));
    const some = lines.some(holds);
    lines.forEach(function (line, index) { line.hidden = !holds(line) && (some || index > 0); });
    arrange(list);
  }

  /* What is sent is read in the order of the boxes: a line that was struck out leaves no gap before a new one. */
  function close(list) {
    const lines = Array.from(list.querySelectorAll("[data-line]"));
    let place = 0;
    lines.forEach(function (line) {
      if (line.hidden) return;
      const free = lines[place];
      place += 1;
      if (free === line) return;
      exchange(free, line);
      free.hidden = false;
      line.hidden = true;
    });
  }

  function addLine(list) {
    close(list);
    const next = Array.from(list.querySelectorAll("[data-line]")).find(function (line) { return line.hidden; });
    if (!next) return;
    next.hidden = false;
    arrange(list);
    boxes(next)[0].focus();
  }

  /* What stands in two lines changes places, with what is wrong about it; the boxes stay, so that the first is the first. */
  function exchange(one, other) {
    const others = boxes(other);
    boxes(one).forEach(function (box, index) {
      const value = box.value;
      box.value = others[index].value;
      others[index].value = value;
      exchangeErrors(box.closest(".line__box"), others[index].closest(".line__box"));
    });
    boxes(one).concat(others).forEach(function (box) { box.dispatchEvent(new Event("input", { bubbles: true })); });
  }

  function exchangeErrors(one, other) {
    const errors = [one, other].map(function (box) { return Array.from(box.querySelectorAll(".field__error")); });
    errors[0].forEach(function (error) { other.appendChild(error); });
    errors[1].forEach(function (error) { one.appendChild(error); });
    one.classList.toggle("field--bad", errors[1].length > 0);
    other.classList.toggle("field--bad", errors[0].length > 0);
  }

  function moveLine(button) {
    const line = button.closest("[data-line]");
    const list = line.closest("[data-lines]");
    const shown = Array.from(list.querySelectorAll("[data-line]:not([hidden])"));
    const step = button.dataset.lineMove === "up" ? -1 : 1;
    const place = shown.indexOf(line) + step;
    const other = shown[place];
    if (!other) return;
    exchange(line, other);
    arrange(list);
    const again = other.querySelector('[data-line-move="' + button.dataset.lineMove + '"]');
    (again.hidden ? other.querySelector("[data-line-move]:not([hidden])") : again).focus();
    list.querySelector("[data-line-told]").textContent = "已移到第 " + (place + 1) + " 项";
  }

  function dropLine(line) {
    const list = line.closest("[data-lines]");
    function drop() {
      boxes(line).forEach(function (box) { box.value = ""; });
      line.querySelectorAll(".field__error").forEach(function (error) { error.remove(); });
      line.hidden = Array.from(list.querySelectorAll("[data-line]:not([hidden])")).length > 1;
      boxes(line)[0].dispatchEvent(new Event("input", { bubbles: true }));
      arrange(list);
      list.querySelector("[data-line-add]").focus();
    }
    if (holds(line)) ask("删除这一项已填的内容？", drop); else drop();
  }

  /* data-guard on a form: leaving with unsaved words asks first. */
  let dirty = null;
  /* A download leaves the page as it stands: there is nothing to ask. */
  let stays = false;

  function stay() {
    stays = true;
    window.setTimeout(function () { stays = false; }, 1000);
  }

  /* What is ticked in a list to be printed or dealt with is no word that could be lost. */
  function isChoice(box) {
    return "ticks" in box.dataset || Boolean(box.name && document.querySelector("[data-ticks='" + box.name + "']"));
  }

  document.addEventListener("input", function (event) {
    const form = event.target.form;
    if (form && form.hasAttribute("data-guard") && !isChoice(event.target)) dirty = form;
    if (event.target.id) each(document, '[data-count-for="' + event.target.id + '"]', count);
    if (event.target.id === "id_starts" || event.target.id === "id_ends") askForMore();
    /* A kept or adopted text may be put into a line that was not shown. */
    const line = event.target.closest("[data-line]");
    if (line && event.target.value.trim()) {
      line.hidden = false;
      arrange(line.closest("[data-lines]"));
    }
  });

  document.addEventListener("draft:saved", function () { dirty = null; });

  window.addEventListener("beforeunload", function (event) {
    if (!dirty || stays) return;
    event.preventDefault();
    event.returnValue = "";
  });

  /* data-tally="-decision" on a button: how often each was chosen, as 同意立项 3 个，本次不议 1 个. */
  function tallied(ending) {
    const counts = new Map();
    each(document, "input[name$='" + ending + "']:checked", function (choice) {
      const words = choice.labels[0].textContent.trim();
      counts.set(words, (counts.get(words) || 0) + 1);
    });
    return Array.from(counts, function (pair) { return pair[0] + " " + pair[1] + " 个"; }).join("，");
  }

  /* data-confirm on a form or on its button: a question before it is sent. With data-ticked="name", {n} in it is how many
     boxes of that name are ticked, {names} which; where none is, there is nothing to ask and the server says what is missing.
     With data-unticked="name", {names} in it are the boxes that are not ticked, each by the word before its colon;
     where all are ticked, there is nothing to ask. */
  function untickedOf(name) {
    const boxes = Array.from(document.querySelectorAll("input[name='" + name + "']:not(:checked)"));
    return boxes.map(function (box) { return box.labels[0].textContent.trim().split("：")[0]; }).join("、");
  }

  function questionOf(form, button) {
    const asks = (button && button.dataset.confirm) || form.dataset.confirm;
    if (!asks || !button) return asks;
    const tally = button.dataset.tally && tallied(button.dataset.tally);
    if (tally) return tally + "。\n" + asks;
    if (button.dataset.unticked) {
      const names = untickedOf(button.dataset.unticked);
      return names && asks.replace("{names}", names);
    }
    if (!button.dataset.ticked) return asks;
    const ticked = Array.from(document.querySelectorAll("input[name='" + button.dataset.ticked + "']:checked"));
    const names = ticked.map(function (box) { return (box.getAttribute("aria-label") || "").replace("选中 ", ""); });
    return ticked.length ? asks.replace("{n}", ticked.length).replace("{names}", "\n" + names.join("、")) : "";
  }

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
    const question = questionOf(form, button);
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
    if (event.submitter && "download" in event.submitter.dataset) {
      stay();
      return;
    }
    form.setAttribute("aria-busy", "true");
    window.setTimeout(function () { form.removeAttribute("aria-busy"); }, "slow" in form.dataset ? 180000 : 8000);
    if (dirty === form) dirty = null;
  });

  /* data-send on a file field: what was chosen or dropped there is sent at once. */
  document.addEventListener("change", function (event) {
    const box = event.target;
    if ("send" in box.dataset && box.files && box.files.length && box.form.requestSubmit) box.form.requestSubmit();
  });

  /* data-copy="id": the field's text goes to the clipboard; #id-told says so. Plain http has only the old way. */
  function copy(box) {
    const told = document.getElementById(box.id + "-told");
    function done() { told.textContent = "已复制，可以粘贴到群里了"; }
    function byHand() {
      box.select();
      if (document.execCommand("copy")) done();
      else told.textContent = "请按 Ctrl+C 复制选中的文字";
    }
    if (window.isSecureContext && navigator.clipboard) navigator.clipboard.writeText(box.value).then(done, byHand);
    else byHand();
  }

  document.addEventListener("click", function (event) {
    const target = event.target;
    each(document, "details[data-shut][open]", function (details) {
      if (!details.contains(target)) details.open = false;
    });
    if (target.closest("[data-leave]")) dirty = null;
    const link = target.closest("a[href]");
    if (link && /\.(docx|pdf|xlsx)$/.test(link.pathname)) stay();
    if (target.closest("[data-print]")) window.print();
    if (target.closest("[data-back]")) window.history.back();

    const phrase = target.closest("[data-into]");
    if (phrase) {
      const box = document.getElementById(phrase.dataset.into);
      box.value = box.value ? box.value.replace(/[。;；\s]*$/, "；") + phrase.dataset.phrase : phrase.dataset.phrase;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    }

    const list = target.closest("[data-line-add]");
    if (list) addLine(list.closest("[data-lines]"));
    const moved = target.closest("[data-line-move]");
    if (moved) moveLine(moved);
    const dropped = target.closest("[data-line-drop]");
    if (dropped) dropLine(dropped.closest("[data-line]"));

    const copied = target.closest("[data-copy]");
    if (copied) copy(document.getElementById(copied.dataset.copy));

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

  /*
   * A file input says what it is for in the browser's own language. The input stays the one control, to be reached,
   * clicked and dropped upon; in front of it stand our words and the names of what was chosen.
   */
  function face(input) {
    const box = document.createElement("span");
    const shown = document.createElement("span");
    const button = document.createElement("span");
    const names = document.createElement("span");
    function show() {
      const files = Array.from(input.files);
      const none = input.dataset.upload ? "选好即开始上传" : input.classList.contains("drop") ? "或把文件拖到这里" : "未选择文件";
      names.textContent = files.map(function (file) { return file.name; }).join("、") || none;
      box.classList.toggle("pick--chosen", files.length > 0);
    }
    box.className = "pick" + (input.classList.contains("drop") ? " pick--drop" : "");
    shown.className = "pick__face";
    shown.setAttribute("aria-hidden", "true");
    button.className = "btn btn-plain btn-small";
    button.textContent = input.multiple ? "选择文件（可多选）" : "选择文件";
    names.className = "pick__names";
    shown.append(button, names);
    input.before(box);
    box.append(input, shown);
    /* After those who take the files away at once. */
    input.addEventListener("change", function () { window.setTimeout(show); });
    window.setTimeout(show);
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

  /* A form that saves itself says so in its own save line: draft-keeper.js. */
  function lost(words) {
    return function (event) {
      if (!event.detail.elt || !event.detail.elt.hasAttribute("data-keep")) tell(words);
    };
  }

  document.addEventListener("htmx:sendError", lost("网络不通，刚才没有办成。网络恢复后请再试。"));
  document.addEventListener("htmx:responseError", lost("刚才没有办成，请稍后再试；仍不行时请联系本单位系统管理员。"));

  function enliven(root) {
    each(root, "[data-count-for]", count);
    each(root, "[data-follow]", follow);
    each(root, "[data-lines]", settle);
    each(root, ".control > input[type=file]", face);
    each(root, "[data-back], [data-copy], [data-print], [data-into]", function (button) { button.hidden = false; });
    if (phone.matches) each(root, "details[data-fold]", function (details) { details.open = false; });
  }

  window.addEventListener("beforeprint", function () { each(document, "details[data-print-open]", function (fold) { fold.open = true; }); });
  enliven(document);
  askForMore();
  /* What is wrong is read first; each line of it leads to its field. */
  const wrong = document.querySelector(".summary");
  if (wrong) wrong.focus();
  document.addEventListener("htmx:load", function (event) {
    if (event.detail.elt !== document.body) enliven(event.detail.elt);
  });
}());
