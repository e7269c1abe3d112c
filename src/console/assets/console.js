// Times in the viewer's zone, charts of the tables, and fresh pages when something has changed. Every page reads
// without it.
"use strict";
(() => {
  const k_poll_ms = 60000;
  const k_poll_beside_stream_ms = 180000; // pages tell ages, which grow while nothing happens
  const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
  let charts = [];
  let brought = new Date();

  function showTimes(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const written = time.getAttribute("datetime");
      const at = new Date(written);
      if (Number.isNaN(at.getTime())) continue;
      time.textContent = (written.length > 10 ? whole : day).format(at);
      time.title = written;
    }
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  // What is not known is no bar, not one of length 0.
  function numberOrGap(text) {
    return text === undefined || text === "" ? null : Number(text);
  }

  // The table of the figure is the data: names in the first column, numbers where cells carry data-value.
  function drawCharts(root) {
    for (const chart of charts) chart.destroy();
    charts = [];
    if (typeof Chart === "undefined") return;
    for (const figure of root.querySelectorAll("figure[data-chart]")) {
      const rows = [...figure.querySelectorAll("tbody tr")];
      const heads = [...figure.querySelectorAll("thead th")];
      if (rows.length === 0) continue;
      if (figure.dataset.reverse) rows.reverse();
      const columns = [...rows[0].cells].map((cell, i) => (cell.dataset.value !== undefined ? i : -1)).filter((i) => i >= 0);
      const labels = rows.map((row) => (row.cells[0].querySelector("[data-name], time") || row.cells[0]).textContent.trim());
      const colours = [colour("--bar-one"), colour("--bar-two"), colour("--note")];
      const isFlat = figure.dataset.horizontal !== undefined;
      const box = document.createElement("div");
      box.className = "chart-box";
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", figure.dataset.label + "; the table has the numbers");
      box.append(canvas);
      figure.prepend(box);
      const text = colour("--bs-body-color") || "#212529";
      charts.push(new Chart(canvas, {
        type: figure.dataset.chart,
        data: {
          labels,
          datasets: columns.map((column, i) => ({
            label: heads[column].textContent.trim(),
            data: rows.map((row) => numberOrGap(row.cells[column].dataset.value)),
            backgroundColor: colours[i % colours.length],
            borderColor: colours[i % colours.length],
            maxBarThickness: 28,
          })),
        },
        options: {
          animation: false,
          maintainAspectRatio: false,
          indexAxis: isFlat ? "y" : "x",
          plugins: { legend: { labels: { color: text } } },
          scales: {
            x: { ticks: { color: text, maxRotation: 0, autoSkip: true }, beginAtZero: true },
            y: { ticks: { color: text }, beginAtZero: true },
          },
        },
      }));
    }
  }

  function dress(root) {
    showTimes(root);
    drawCharts(root);
  }

  function isBusy() {
    const active = document.activeElement;
    const typed = [...document.querySelectorAll("main input:not([type=hidden])")].some((input) => input.value !== input.defaultValue);
    return typed || (active && active.matches("main input"));
  }

  // Takes the page anew without losing the place; who is typing is left alone and told.
  async function refresh() {
    const news = document.getElementById("news");
    if (isBusy()) {
      news.textContent = "This page stays as it is while you type: load it again to see what is new.";
      return;
    }
    const old = (why) => { news.textContent = why + " What stands here is as of " + whole.format(brought) + "."; };
    let text;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Cordon-Refresh": "1" } });
      if (answer.redirected) return old("The sign-in has ended: load the page again to sign in.");
      if (!answer.ok) return old("The console cannot make this page now (" + answer.status + ").");
      text = await answer.text();
    } catch {
      return old("The console does not answer.");
    }
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("main");
    const main = document.getElementById("main");
    if (!fresh || isBusy()) return;
    const open = [...main.querySelectorAll("details")].map((one) => one.open);
    main.replaceChildren(...fresh.childNodes);
    [...main.querySelectorAll("details")].forEach((one, i) => { one.open = Boolean(open[i]); });
    dress(main);
    brought = new Date();
    news.textContent = "Brought up to date at " + whole.format(brought) + ".";
  }

  function listen() {
    let polling = 0;
    const poll = (every) => { clearInterval(polling); polling = setInterval(refresh, every); };
    poll(k_poll_ms);
    if (typeof EventSource === "undefined") return;
    const stream = new EventSource("/events");
    stream.addEventListener("change", refresh);
    stream.addEventListener("open", () => poll(k_poll_beside_stream_ms));
    stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) poll(k_poll_ms); });
  }

  document.getElementById("zone").textContent = "in your zone (" + Intl.DateTimeFormat().resolvedOptions().timeZone + ")";
  dress(document);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const box of document.querySelectorAll(".chart-box")) box.remove();
    drawCharts(document);
  });
  if (!document.querySelector("form.sign-in")) listen();
})();
