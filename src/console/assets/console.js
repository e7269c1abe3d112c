// Times in the viewer's zone, charts of the tables, and fresh pages when something has changed. Every page reads
// without it.
"use strict";
(() => {
  const k_poll_ms = 60000;
  const k_stops = "a, button, summary, [tabindex]"; // of the keys
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

  // Names differ at both ends; what does not fit goes from the middle.
  function shortened(name, most) {
    return name.length > most ? name.slice(0, most / 2) + "…" + name.slice(-most / 2) : name;
  }

  // Where one value towers over the others, an even scale would hide them.
  function towers(values) {
    const some = values.flat().filter((value) => value > 0).sort((a, b) => a - b);
    return some.length > 2 && some.at(-1) > 20 * some[Math.floor(some.length / 2)];
  }

  // The table of a figure is its data: names in the first column, numbers where cells carry data-value.
  function dataOf(figure) {
    const rows = [...figure.querySelectorAll("tbody tr")];
    const heads = [...figure.querySelectorAll("thead th")];
    if (figure.dataset.reverse) rows.reverse();
    const names = rows.map((row) => (row.cells[0].querySelector("[data-name], time") || row.cells[0]).textContent.trim());
    const columns = heads.map((_, i) => i).filter((i) => rows.length > 0 && rows[0].cells[i].dataset.value !== undefined);
    return {
      names,
      series: columns.map((i) => heads[i].textContent.trim()),
      values: columns.map((i) => rows.map((row) => numberOrGap(row.cells[i].dataset.value))),
    };
  }

  function boxOf(figure, height) {
    const box = document.createElement("div");
    box.className = "chart-box";
    box.style.height = height + "rem";
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", figure.dataset.label + "; the table has the numbers");
    box.append(canvas);
    figure.prepend(box);
    return canvas;
  }

  function drawChart(figure) {
    const { names, series, values } = dataOf(figure);
    if (names.length === 0) return;
    const isFlat = figure.dataset.horizontal !== undefined;
    const isSteep = towers(values);
    const text = colour("--bs-body-color") || "#212529";
    const colours = [colour("--bar-one"), colour("--bar-two")];
    const grid = { color: colour("--line") };
    const ticks = { color: text, maxRotation: 0, precision: 0 };
    const powers = (value) => (Number.isInteger(Math.log10(value)) ? value.toLocaleString() : null);
    const scale = { ticks, grid };
    const numbers = isSteep
      ? { type: "logarithmic", min: 0.5, ticks: { ...ticks, callback: powers }, grid }
      : { ...scale, beginAtZero: true, suggestedMax: Number(figure.dataset.reach || 1) };
    const most = isFlat && figure.clientWidth < 500 ? 18 : 80;
    const label = figure.dataset.label + (isSteep ? ", in powers of ten" : "");
    charts.push(new Chart(boxOf(figure, isFlat ? 5 + 2 * names.length : 15), {
      type: figure.dataset.chart,
      data: {
        labels: names.map((name) => shortened(name, most)),
        datasets: series.map((one, i) => ({
          label: one,
          data: values[i],
          backgroundColor: colours[i],
          borderColor: colours[i],
          maxBarThickness: 28,
          minBarLength: isFlat ? 3 : 0,
          categoryPercentage: isFlat || names.length > 12 ? 0.8 : 0.3,
        })),
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        indexAxis: isFlat ? "y" : "x",
        plugins: {
          legend: { display: series.length > 1, labels: { color: text, boxWidth: 14 } },
          title: { display: true, text: label, color: text, align: "start", font: { weight: "normal" } },
        },
        scales: isFlat ? { x: numbers, y: scale } : { x: scale, y: numbers },
      },
    }));
  }

  function drawCharts(root) {
    for (const chart of charts) chart.destroy();
    charts = [];
    if (typeof Chart !== "undefined") root.querySelectorAll("figure[data-chart]").forEach(drawChart);
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
      if (hasChanged) news.textContent = "This page stays as it is while you type: load it again to see what is new.";
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
    const focused = [...main.querySelectorAll(k_stops)].indexOf(document.activeElement);
    main.replaceChildren(...fresh.childNodes);
    [...main.querySelectorAll("details")].forEach((one, i) => { one.open = Boolean(open[i]); });
    dress(main);
    brought = new Date();
    if (focused >= 0) main.querySelectorAll(k_stops)[focused]?.focus({ preventScroll: true });
    news.textContent = hasChanged ? "Brought up to date at " + whole.format(brought) + "." : "";
  }

  // Once a minute also where nothing has changed: how old everything is does.
  function listen() {
    const isReadClosely = () => !getSelection().isCollapsed;
    setInterval(() => { if (!document.hidden && !isReadClosely()) refresh(false); }, k_poll_ms);
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
