"use strict";
// Counts down by itself, and says when the page is older than its data should be. What it shows
// follows from absolute times in the page alone; without it the page still shows those times.
(() => {
  const body = document.body;
  const word = body.dataset;
  const written = Date.parse(word.written);
  const stale = document.getElementById("stale");
  const said = document.getElementById("said");
  const rows = [...document.querySelectorAll("tr[data-limit]")];
  const put = (node, text) => { if (node && node.textContent !== text) node.textContent = text; };
  const two = (n) => String(n).padStart(2, "0");

  function length(ms) {
    const s = Math.floor(Math.abs(ms) / 1000);
    if (s >= 172800) return word.days.replace("{n}", Math.floor(s / 86400));
    const h = Math.floor(s / 3600);
    return (h ? h + ":" + two(Math.floor(s / 60) % 60) : Math.floor(s / 60)) + ":" + two(s % 60);
  }

  function tick(first) {
    const now = Date.now();
    for (const row of rows) {
      const limit = Date.parse(row.dataset.limit);
      const over = now > limit;
      put(row.querySelector(".left"), (over ? word.over : word.left).replace("{span}", length(now - limit)));
      const state = over ? (row.dataset.hard ? "late" : "soon")
        : limit - now <= 900000 ? "soon" : "run";
      if (state === row.dataset.state) continue;
      const before = row.dataset.state;
      row.dataset.state = state;
      put(row.querySelector(".state"), over ? (row.dataset.hard ? word.late : word.target) : state === "soon" ? word.soon : "");
      if (state === "late" && before !== "late") {
        row.parentNode.prepend(row);
        if (!first) said.textContent = word.late + ": " + row.dataset.say;
      }
    }
    for (const item of document.querySelectorAll("[data-count]")) {
      const name = item.dataset.count;
      if (name === "late" || name === "soon") {
        put(item.querySelector("b"), String(rows.filter((r) => r.dataset.counted && r.dataset.state === name).length));
      }
    }
    const old = now - written > 600000;
    if (old === stale.hidden) stale.hidden = !old;
  }
  tick(true);
  setInterval(tick, 1000, false);
})();
