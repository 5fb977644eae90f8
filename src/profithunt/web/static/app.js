/* Charts, keys, drop zones. Every page works without this file. */
(() => {
  "use strict";
  const me = document.currentScript;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let library;

  const load = src => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = done;
    script.onerror = () => failed(new Error("could not load " + src));
    document.head.append(script);
  });
  const vegaLibrary = () => library ??= load(me.dataset.vega)
    .then(() => load(me.dataset.lite)).then(() => load(me.dataset.interpreter));

  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  const showTip = (_, event, __, value) => {
    if (value == null || value === "") { tip.hidden = true; return; }
    if (!tip.isConnected) document.body.append(tip);
    tip.textContent = typeof value === "object"
      ? Object.entries(value).map(([name, said]) => name + ": " + said).join("\n") : String(value);
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(event.clientX + 12, innerWidth - box.width - 8)) + "px";
    tip.style.top = (event.clientY + 16 + box.height > innerHeight ? event.clientY - box.height - 8 : event.clientY + 16) + "px";
  };

  const address = node => {
    const url = new URL(node.dataset.chart, location.href);
    url.searchParams.set("theme", dark.matches ? "dark" : "light");
    if (node.clientWidth < 620) url.searchParams.set("narrow", "1");
    return url;
  };

  const draw = async node => {
    node.dataset.state = "drawing";
    try {
      const [answer] = await Promise.all([fetch(address(node), {headers: {accept: "application/json"}}), vegaLibrary()]);
      if (!answer.ok) throw new Error("the chart could not be had");
      const spec = await answer.json();
      if (!node.isConnected) return;
      node.view?.finalize();
      const compiled = vegaLite.compile(spec).spec;
      const view = new vega.View(vega.parse(compiled, null, {ast: true}), {
        expr: vega.expressionInterpreter, renderer: "svg", hover: true, tooltip: showTip, logLevel: vega.Error,
        container: node,
      });
      node.replaceChildren();
      view.initialize(node);
      node.view = view;
      await view.width(Math.max(200, node.clientWidth - 2)).runAsync();
      node.querySelector("svg")?.setAttribute("aria-hidden", "true");
      node.dataset.state = "drawn";
    } catch (error) {
      node.dataset.state = "failed";
      node.textContent = "The chart could not be drawn. ";
      const again = document.createElement("button");
      again.className = "plain";
      again.textContent = "Try again";
      again.addEventListener("click", () => draw(node));
      node.append(again);
      console.error(error);
    }
  };

  const seen = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      draw(entry.target);
    }
  }, {rootMargin: "300px"});

  const charts = () => [...document.querySelectorAll("[data-chart]")];
  const start = () => {
    tip.hidden = true;
    charts().filter(node => !node.dataset.state).forEach(node => { node.dataset.state = "waiting"; seen.observe(node); });
  };
  const redraw = () => charts().filter(node => node.dataset.state === "drawn").forEach(draw);
  dark.addEventListener("change", redraw);
  let width = innerWidth, timer;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(timer);
    timer = setTimeout(redraw, 150);
  });

  /* Keys. */
  const cards = () => [...document.querySelectorAll(".card")];
  const here = () => document.querySelector(".card.here");
  const go = step => {
    const all = cards();
    if (!all.length) return;
    const now = all.indexOf(here());
    const next = all[Math.max(0, Math.min(all.length - 1, now + step))];
    here()?.classList.remove("here");
    next.classList.add("here");
    next.scrollIntoView({block: "nearest"});
    next.querySelector("h3 a")?.focus({preventScroll: true});
  };
  const press = name => here()?.querySelector(`[data-key="${name}"]`);
  const keys = {
    "/": () => document.querySelector(".find input")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
    j: () => go(1),
    k: () => go(-1),
    a: () => press("a")?.click(),
    x: () => {
      const more = press("x");
      if (!more) return;
      more.open = true;
      more.querySelector("select, input:not([type=hidden]), textarea")?.focus();
    },
  };
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const at = event.target;
    if (event.key === "Escape" && at.matches?.("input, textarea, select")) { at.blur(); return; }
    if (at.matches?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    const work = keys[event.key];
    if (!work) return;
    event.preventDefault();
    work();
  });

  /* Files dropped on the page that takes them. */
  addEventListener("dragover", event => { if (document.querySelector("[data-drop]")) event.preventDefault(); });
  addEventListener("drop", event => {
    const zone = document.querySelector("[data-drop]");
    if (!zone || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    const field = zone.querySelector("input[type=file]");
    field.files = event.dataTransfer.files;
    field.dispatchEvent(new Event("change", {bubbles: true}));
  });
  addEventListener("change", event => {
    if (event.target.matches?.("select[data-go]")) event.target.form.requestSubmit();
    if (event.target.matches?.("[data-all]")) {
      document.querySelectorAll(`input[name="${event.target.dataset.all}"]`).forEach(box => { box.checked = event.target.checked; });
    }
    if (event.target.matches?.("[data-drop] input[type=file]")) {
      const said = event.target.closest("[data-drop]").querySelector("[data-names]");
      if (said) said.textContent = [...event.target.files].map(file => file.name).join(", ");
    }
  });

  document.addEventListener("htmx:afterSwap", start);
  document.addEventListener("htmx:historyRestore", start);
  document.addEventListener("htmx:responseError", event => {
    /* A mistake is a page of its own: show it in place. */
    if (event.detail.xhr.responseText.includes("<main")) {
      const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
      document.querySelector("main").replaceWith(page.querySelector("main"));
    }
  });
  addEventListener("pageshow", start);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start); else start();
})();
