// Times in the viewer's zone, charts of the tables, and fresh pages when something has changed. Every page reads
// without it.
"use strict";
(() => {
  const k_poll_ms = 60000;
  const whole = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
  let charts = [];

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

  // Where one value towers over the others, a straight scale would hide them.
  function isSteep(columns) {
    const numbers = columns.flat().filter((number) => number > 0).sort((a, b) => a - b);
    return numbers.length > 2 && numbers.at(-1) > 20 * numbers[Math.floor(numbers.length / 2)];
  }

  // The table of the figure is the data: names in the first column, numbers where cells carry data-value. Only powers
  // of ten are named on a scale that is not straight.
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
      const colours = [colour("--bar-one"), colour("--bar-two")];
      const values = columns.map((column) => rows.map((row) => Number(row.cells[column].dataset.value)));
      const isSteepOne = isSteep(values);
      const isFlat = figure.dataset.horizontal !== undefined;
      const box = document.createElement("div");
      box.className = "chart-box";
      box.style.height = isFlat ? 5 + 2 * rows.length + "rem" : "15rem";
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", figure.dataset.label + "; the table has the numbers");
      box.append(canvas);
      figure.prepend(box);
      const text = colour("--bs-body-color") || "#212529";
      const scale = { ticks: { color: text, maxRotation: 0, autoSkip: true, precision: 0 }, grid: { color: colour("--line") } };
      const numbers = {
        ...scale,
        type: isSteepOne ? "logarithmic" : "linear",
        ...(isSteepOne ? { min: 0.5 } : { beginAtZero: true, suggestedMax: Number(figure.dataset.reach || 1) }),
        ticks: isSteepOne ? { ...scale.ticks, callback: (value) => (Number.isInteger(Math.log10(value)) ? value.toLocaleString() : null) } : scale.ticks,
      };
      charts.push(new Chart(canvas, {
        type: figure.dataset.chart,
        data: {
          labels,
          datasets: columns.map((column, i) => ({
            label: heads[column].textContent.trim(),
            data: values[i],
            backgroundColor: colours[i % colours.length],
            borderColor: colours[i % colours.length],
            maxBarThickness: 28,
            minBarLength: isFlat ? 3 : 0,
            categoryPercentage: isFlat || rows.length > 12 ? 0.8 : 0.3,
          })),
        },
        options: {
          animation: false,
          maintainAspectRatio: false,
          indexAxis: isFlat ? "y" : "x",
          plugins: {
            legend: { display: columns.length > 1, labels: { color: text, boxWidth: 14 } },
            title: { display: true, text: figure.dataset.label + (isSteepOne ? ", in powers of ten" : ""), color: text, align: "start", font: { weight: "normal" } },
          },
          scales: isFlat ? { x: numbers, y: scale } : { x: scale, y: numbers },
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

  // Takes the page anew without losing the place; who is typing is left alone and, where something has changed, told.
  async function refresh(hasChanged) {
    const news = document.getElementById("news");
    if (isBusy()) {
      if (hasChanged) news.textContent = "There is something new: load the page again to see it.";
      return;
    }
    let text;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected) return;
      text = await answer.text();
    } catch {
      news.textContent = "The console does not answer; what stands here may be old.";
      return;
    }
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("main");
    const main = document.getElementById("main");
    if (!fresh || isBusy()) return;
    const open = [...main.querySelectorAll("details")].map((one) => one.open);
    main.replaceChildren(...fresh.childNodes);
    [...main.querySelectorAll("details")].forEach((one, i) => { one.open = Boolean(open[i]); });
    dress(main);
    if (hasChanged) news.textContent = "Brought up to date at " + whole.format(new Date()) + ".";
  }

  // Once a minute also where nothing has changed: how old everything is does.
  function listen() {
    setInterval(() => { if (!document.hidden) refresh(false); }, k_poll_ms);
    new EventSource("/events").addEventListener("change", () => refresh(true));
  }

  document.getElementById("zone").textContent = "in your zone (" + Intl.DateTimeFormat().resolvedOptions().timeZone + ")";
  dress(document);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const box of document.querySelectorAll(".chart-box")) box.remove();
    drawCharts(document);
  });
  if (!document.querySelector("form.sign-in")) listen();
})();
