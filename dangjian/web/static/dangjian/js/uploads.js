/*
 * Files of a form (form[data-uploads]) go to the server in pieces while one types on. A piece that did not get through
 * is sent again; the file itself stays in this browser until the server has all of it, so that a page that was closed
 * goes on where it stopped. A form with data-uploads-first is handed in when its files are there. Without this file
 * they are sent with the form.
 */
(function () {
  "use strict";

  const PIECE = 512 * 1024;
  const LONGEST_WAIT = 90000; // for one piece
  const LONGEST_PAUSE = 30000;
  const KEPT_FOR = 3 * 24 * 3600 * 1000; // as long as the server keeps what was begun

  const waiting = document.querySelector("[data-uploads-waiting]");
  if (waiting) {
    window.Kept.all(waiting.dataset.uploadsWaiting).then(function (records) {
      waiting.hidden = !records.length;
      waiting.querySelector("[data-uploads-count]").textContent = records.length;
    }).catch(function () {});
  }

  const form = document.querySelector("form[data-uploads]");
  if (!form || !window.fetch || !window.AbortController) return;
  const prefix = form.dataset.uploadsKept;
  let queue = Promise.resolve();

  /* SHA-256. The browser's own is there on https alone, and wants the whole file at once. */

  const ROUNDS = new Uint32Array(64);
  const START = new Uint32Array(8);
  (function () {
    let found = 0;
    for (let number = 2; found < 64; number += 1) {
      let prime = true;
      for (let by = 2; by * by <= number; by += 1) if (number % by === 0) prime = false;
      if (!prime) continue;
      if (found < 8) START[found] = (Math.sqrt(number) % 1) * 4294967296;
      ROUNDS[found] = (Math.cbrt(number) % 1) * 4294967296;
      found += 1;
    }
  }());

  function turned(word, by) {
    return (word >>> by) | (word << (32 - by));
  }

  function mix(state, words, bytes, at) {
    for (let i = 0; i < 16; i += 1) {
      const from = at + i * 4;
      words[i] = (bytes[from] << 24) | (bytes[from + 1] << 16) | (bytes[from + 2] << 8) | bytes[from + 3];
    }
    for (let i = 16; i < 64; i += 1) {
      const near = words[i - 2];
      const far = words[i - 15];
      words[i] = words[i - 16] + words[i - 7] + (turned(near, 17) ^ turned(near, 19) ^ (near >>> 10))
        + (turned(far, 7) ^ turned(far, 18) ^ (far >>> 3));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[i] + words[i]) | 0;
      const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    [a, b, c, d, e, f, g, h].forEach(function (word, i) { state[i] += word; });
  }

  async function digest(file) {
    const state = START.slice();
    const words = new Uint32Array(64);
    let at = 0;
    for (; at + 64 <= file.size; at += PIECE) {
      const bytes = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
      for (let block = 0; block + 64 <= bytes.length; block += 64) mix(state, words, bytes, block);
    }
    const rest = new Uint8Array(await file.slice(file.size - file.size % 64).arrayBuffer());
    const last = new Uint8Array(rest.length < 56 ? 64 : 128);
    last.set(rest);
    last[rest.length] = 0x80;
    const bits = new DataView(last.buffer);
    bits.setUint32(last.length - 8, Math.floor(file.size / 0x20000000));
    bits.setUint32(last.length - 4, (file.size << 3) >>> 0);
    for (let block = 0; block < last.length; block += 64) mix(state, words, last, block);
    return Array.from(state, function (word) { return word.toString(16).padStart(8, "0"); }).join("");
  }

  /* One line for each file on its way. */

  function inputOf(slot) {
    return form.querySelector('[data-upload="' + slot + '"]');
  }

  function megabytes(size) {
    return size < 1048576 ? Math.max(Math.floor(size / 1024), 1) + " KB" : (size / 1048576).toFixed(1) + " MB";
  }

  function lineOf(job) {
    const line = document.createElement("div");
    const main = document.createElement("div");
    const name = document.createElement("div");
    const bar = document.createElement("progress");
    const told = document.createElement("div");
    const stop = document.createElement("button");
    line.className = "file file--sending";
    main.className = "file__main";
    name.textContent = job.file.name;
    bar.max = job.file.size;
    bar.value = 0;
    bar.setAttribute("aria-label", "上传进度：" + job.file.name);
    told.className = "faint small";
    told.textContent = "准备上传";
    stop.type = "button";
    stop.className = "btn btn-quiet btn-small";
    stop.textContent = "取消";
    stop.setAttribute("aria-label", "取消上传 " + job.file.name);
    stop.addEventListener("click", function () { cancel(job); });
    main.append(name, bar, told);
    line.append(main, stop);
    inputOf(job.slot).closest(".control").before(line);
    return { line: line, bar: bar, told: told, stop: stop };
  }

  function progress(job, received) {
    job.shown.bar.value = received;
    job.shown.told.classList.remove("late");
    job.shown.told.textContent = "正在上传，已传 " + megabytes(received) + " / " + megabytes(job.file.size)
      + (handedIn && waitsForAll ? "，传完后自动提交" : "");
  }

  function trouble(job, words) {
    job.shown.told.classList.add("late");
    job.shown.told.textContent = words;
  }

  function cancel(job) {
    job.cancelled = true;
    if (job.key) window.Kept.forget(job.key).catch(function () {});
    if (job.address) window.fetch(job.address, { method: "DELETE", headers: secret() }).catch(function () {});
    job.shown.line.remove();
  }

  /* Asking the server until it answers. */

  function Stopped(words) {
    this.words = words;
  }

  function secret() {
    return { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  }

  function pause(tries) {
    return new Promise(function (resolve) {
      const timer = window.setTimeout(go, Math.min(2000 * Math.pow(2, tries), LONGEST_PAUSE));
      function go() {
        window.clearTimeout(timer);
        document.removeEventListener("network:back", go);
        resolve();
      }
      document.addEventListener("network:back", go);
    });
  }

  async function ask(job, address, body) {
    for (let tries = 0; !job.cancelled; tries += 1) {
      const patience = new AbortController();
      const timer = window.setTimeout(function () { patience.abort(); }, LONGEST_WAIT);
      try {
        const answer = await window.fetch(address, { method: "POST", body: body, headers: secret(), signal: patience.signal });
        if (answer.redirected || answer.status === 403) throw new Stopped("登录已过期，重新登录、再打开本页后接着传。");
        if (answer.status === 422) throw new Stopped((await answer.json()).refused);
        if (answer.ok || answer.status === 409) return await answer.json();
        if (answer.status === 404) return { gone: true };
        trouble(job, "服务器暂时收不下，稍后自动再传。");
      } catch (failed) {
        if (failed instanceof Stopped) throw failed;
        trouble(job, job.kept ? "网络不通，文件留在这台电脑上，网络恢复后接着传。" : "网络不通，请不要关闭本页，网络恢复后接着传。");
        document.dispatchEvent(new CustomEvent("network:lost"));
      } finally {
        window.clearTimeout(timer);
      }
      await pause(tries);
    }
    throw new Stopped("");
  }

  /* Whoever sent a file last forgets it. */
  async function elsewhere(job) {
    await pause(0);
    return job.kept && !(await window.Kept.all(job.key)).length;
  }

  async function begin(job) {
    const facts = new FormData();
    facts.set("slot", job.slot);
    facts.set("name", job.file.name);
    facts.set("size", job.file.size);
    facts.set("sha256", job.sha256);
    const stands = await ask(job, form.dataset.uploads, facts);
    if (stands.gone) throw new Stopped("这里已经不能上传，文件没有保存。");
    job.address = form.dataset.uploads + stands.upload + "/";
    return stands.received;
  }

  async function send(job) {
    let received = await begin(job);
    for (let lost = 0; ;) {
      progress(job, received);
      const piece = job.file.slice(received, received + PIECE);
      const stands = await ask(job, job.address + "?start=" + received, piece);
      if (stands.file) return stands.file;
      /* Taken away meanwhile: by another tab that has sent it, or with age; then from the beginning, once. */
      if (stands.gone && await elsewhere(job)) throw new Stopped("这个文件已在另一个页面传完，刷新后可见。");
      if (stands.gone && lost > 0) throw new Stopped("文件没有传完，请重新选择。");
      if (stands.gone) lost += 1;
      received = stands.gone ? await begin(job) : stands.received;
    }
  }

  /* The same content, under whatever name, is sent and counted once; whoever chose it again is told so. */
  function isHere(job) {
    const body = inputOf(job.slot).closest(".control").parentElement;
    const held = body.querySelector('.file--held[data-sha256="' + job.sha256 + '"]');
    if (!held) return false;
    held.querySelector("input[type=checkbox]").checked = true;
    if (job.resumed) job.shown.line.remove();
    else {
      job.shown.bar.remove();
      job.shown.told.textContent = "和已上传的“" + held.querySelector(".file__main").firstChild.textContent + "”内容相同，只算一份";
      job.shown.stop.textContent = "知道了";
      job.shown.stop.setAttribute("aria-label", "知道了，不再显示 " + job.file.name);
    }
    return true;
  }

  /* From here on the file outlives the page. */
  async function keep(job) {
    job.sha256 = job.sha256 || await digest(job.file);
    job.key = prefix + job.slot + ":" + job.sha256;
    if (job.cancelled) return;
    const record = { key: job.key, at: Date.now(), slot: job.slot, sha256: job.sha256, file: job.file };
    await window.Kept.put(record).then(function () { job.kept = true; }, function () {});
    if (job.cancelled) await window.Kept.forget(job.key).catch(function () {});
  }

  async function run(job) {
    await job.keeping;
    if (job.cancelled) return;
    try {
      if (!job.sha256) throw new Stopped("文件无法读取，请重新选择。");
      if (isHere(job)) {
        await window.Kept.forget(job.key).catch(function () {});
        return;
      }
      const attached = document.createElement("template");
      attached.innerHTML = await send(job);
      job.shown.line.replaceWith(attached.content);
      await window.Kept.forget(job.key).catch(function () {});
    } catch (stopped) {
      if (!stopped.words) return;
      trouble(job, stopped.words);
      job.shown.bar.remove();
      /* What the server refuses once it refuses again; after signing in the file goes on. */
      if (!stopped.words.includes("重新登录")) {
        job.address = "";
        job.shown.stop.textContent = "知道了";
        if (job.key) await window.Kept.forget(job.key).catch(function () {});
      }
    }
  }

  const underWay = new Set();
  let keepings = Promise.resolve();
  const waitsForAll = "uploadsFirst" in form.dataset;
  let handedIn = null; // with which button the form was handed in before its files were safe

  /* Whether the page may go: its files are kept in this browser, or where the form says so have all arrived. */
  function isSafe() {
    return Array.from(underWay).every(function (job) { return job.cancelled || (!waitsForAll && job.kept); });
  }

  function goOn() {
    if (!handedIn || !isSafe() || (waitsForAll && form.querySelector(".file--sending .late"))) return;
    const button = handedIn.button;
    handedIn = null;
    form.requestSubmit(button);
  }

  function add(job) {
    job.shown = lineOf(job);
    underWay.add(job);
    keepings = keepings.then(function () { return keep(job); }).catch(function () {}).then(goOn);
    job.keeping = keepings;
    queue = queue.then(function () { return run(job); }).then(function () {
      underWay.delete(job);
      goOn();
    });
  }

  form.addEventListener("submit", function (event) {
    if (isSafe()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    handedIn = { button: event.submitter };
    underWay.forEach(function (job) {
      if (!waitsForAll && !job.kept) job.shown.told.textContent = "正在准备文件，备好后自动继续";
    });
  }, true);

  form.addEventListener("change", function (event) {
    const input = event.target;
    if (!input.dataset.upload) return;
    Array.from(input.files).forEach(function (file) { add({ slot: input.dataset.upload, file: file }); });
    input.value = "";
  });

  window.Kept.all(prefix).then(function (records) {
    records.forEach(function (record) {
      if (Date.now() - record.at > KEPT_FOR) window.Kept.forget(record.key);
      else if (inputOf(record.slot)) add({ slot: record.slot, sha256: record.sha256, file: record.file, resumed: true });
    });
  }).catch(function () {});
}());
