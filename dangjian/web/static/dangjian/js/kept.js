/*
 * What this browser keeps until the server has it: texts and files, under the account. A key begins with the
 * account's number, so that signing out wipes everything of one account and nothing of another.
 */
window.Kept = (function () {
  "use strict";

  function store(mode, act) {
    return new Promise(function (resolve, reject) {
      const opened = window.indexedDB.open("dangjian", 1);
      opened.onupgradeneeded = function () { opened.result.createObjectStore("kept", { keyPath: "key" }); };
      opened.onerror = function () { reject(opened.error); };
      opened.onsuccess = function () {
        const work = opened.result.transaction("kept", mode);
        const asked = act(work.objectStore("kept"));
        work.oncomplete = function () { opened.result.close(); resolve(asked.result); };
        work.onabort = function () { opened.result.close(); reject(work.error); };
      };
    });
  }

  function under(prefix) {
    return IDBKeyRange.bound(prefix, prefix + "\uffff");
  }

  return {
    under: under,
    put: function (record) { return store("readwrite", function (kept) { return kept.put(record); }); },
    all: function (prefix) { return store("readonly", function (kept) { return kept.getAll(under(prefix)); }); },
    forget: function (keys) { return store("readwrite", function (kept) { return kept.delete(keys); }); },
  };
}());
