"use strict";
(function () {
  const search = document.getElementById("q");
  const stage = document.getElementById("stage");
  const count = document.getElementById("count");
  const policies = [...document.querySelectorAll("#policies tr[data-s]")];
  const rest = [...document.querySelectorAll("article.policy, #changes tbody tr, #risks tbody tr")];
  const months = [...document.querySelectorAll(".month")];
  const stageOf = new Map(policies.map((row) => [row.dataset.p, row.dataset.s]));
  const words = new Map();

  function text(item) {
    if (!words.has(item)) words.set(item, item.textContent.toLowerCase());
    return words.get(item);
  }

  function show() {
    const asked = search.value.trim().toLowerCase();
    const wanted = stage.value;
    let shown = 0;
    for (const item of policies.concat(rest)) {
      const fits = (!wanted || (stageOf.get(item.dataset.p) || "retired") === wanted) &&
        (!asked || text(item).includes(asked));
      item.hidden = !fits;
      if (fits && item.dataset.s !== undefined) shown += 1;
    }
    for (const month of months) month.hidden = !month.querySelector("tbody tr:not([hidden])");
    count.textContent = shown + " of " + policies.length + " policies";
  }

  let waiting = 0;
  function soon() {
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  }

  document.querySelector("form").hidden = false;
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", soon);
  stage.addEventListener("change", show);
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      show();
    }
  });
  show();
})();
