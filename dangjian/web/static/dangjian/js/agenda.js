/* The agenda of a meeting: many items decided alike, and votes that all who are present cast for. */
(function () {
  "use strict";

  /* data-unanimous="id of 实到": all who are present and do not stand aside (data-aside) vote for it. */
  function unanimous(button) {
    const present = document.getElementById(button.dataset.unanimous);
    const aside = document.getElementById(button.dataset.aside);
    const away = aside ? aside.value.split(/[、，,；;\s]+/).filter(Boolean).length : 0;
    numbers(button.closest("[data-votes]")).forEach(function (input, index) {
      input.value = index === 0 ? (present.value && String(Math.max(present.value - away, 0))) : "0";
      changed(input);
    });
    return present;
  }

  function numbers(votes) {
    return Array.from(votes.querySelectorAll("input[type=number]"));
  }

  function changed(input) {
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function undecided(item) {
    const chosen = item.querySelector("input[type=radio]:checked");
    return !chosen || !chosen.value;
  }

  /* data-decides="establish": the items of the section on which nothing is decided take it; the first word that an item offers. */
  function decide(items, words) {
    return items.filter(undecided).map(function (item) {
      return words.map(function (word) { return item.querySelector('input[type=radio][value="' + word + '"]'); }).find(Boolean);
    }).filter(Boolean).map(function (choice) {
      choice.checked = true;
      changed(choice);
    }).length;
  }

  /* data-all-vote: every item of the agenda that is decided and has no votes yet, be it a project, a plan or a change. */
  function allVote(items) {
    const open = items.filter(function (item) {
      return !undecided(item) && numbers(item).every(function (input) { return !input.value; });
    });
    const present = open.map(function (item) { return unanimous(item.querySelector("[data-unanimous]")); })[0];
    if (present && !present.value) present.focus();
    return open.length;
  }

  document.addEventListener("click", function (event) {
    const one = event.target.closest("[data-unanimous]");
    if (one) {
      const present = unanimous(one);
      if (!present.value) present.focus();
    }
    const button = event.target.closest("[data-decides], [data-all-vote]");
    if (!button) return;
    const words = button.dataset.decides;
    const items = Array.from(button.closest(words ? "section" : "form").querySelectorAll(".item"));
    const count = words ? decide(items, words.split(" ")) : allVote(items);
    const told = count ? "已填 " + count + " 项，可以再逐项修改" : words ? "每项都已有决定" : "有决定的都已填票数";
    button.closest("[data-rest]").querySelector("[role=status]").textContent = told;
  });

  document.querySelectorAll("[data-rest], [data-unanimous]").forEach(function (part) { part.hidden = false; });
}());
