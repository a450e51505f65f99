"use strict";
// The report's charts and its trade list. Plain canvas, no library, nothing fetched: all data lies in the page.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const quote = document.body.dataset.quote;
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  // ---- numbers and times, as the server writes them ------------------------------------------------------------
  const grouped = (value, digits) =>
    value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace(/^-(?=[0.,]*$)/, "");
  const sign = (value) => (value > 0 ? "+" : "");
  const percent = (value, digits = 2, signed = true) =>
    value === null ? "n/a" : (signed ? sign(value) : "") + grouped(value * 100, Math.abs(value) >= 10 ? 0 : digits) + " %";
  const money = (value) => (value === null ? "n/a" : grouped(value, Math.abs(value) < 1e6 ? 2 : 0));
  const price = (value) => {
    if (value === null || !Number.isFinite(value)) return "n/a";
    if (value === 0) return "0";
    const digits = clamp(5 - Math.floor(Math.log10(Math.abs(value))), 0, 18);
    return value.toLocaleString("en-US", { minimumFractionDigits: Math.min(digits, 2), maximumFractionDigits: digits });
  };
  const short = (value) => {
    const size = Math.abs(value);
    if (size >= 1e9) return grouped(value / 1e9, 2) + "B";
    if (size >= 1e6) return grouped(value / 1e6, 2) + "M";
    if (size >= 1e5) return grouped(value / 1e3, 0) + "k";
    return size >= 100 ? grouped(value, 0) : price(value);
  };
  const two = (value) => String(value).padStart(2, "0");
  const stamp = (ms, withTime = true) => {
    const at = new Date(ms);
    const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
    return withTime ? `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}` : day;
  };
  const DAY = 86400000;
  const span = (bars) => {
    const minutes = Math.floor((bars * data.step) / 60000);
    const days = Math.floor(minutes / 1440), hours = Math.floor((minutes % 1440) / 60), left = minutes % 60;
    if (days >= 100 || (days && !hours)) return `${grouped(days, 0)} d`;
    if (days) return `${days} d ${hours} h`;
    return hours ? (left ? `${hours} h ${left} min` : `${hours} h`) : `${left} min`;
  };

  // ---- data ----------------------------------------------------------------------------------------------------
  const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer;
  const floats = (text) => new Float32Array(bytes(text));
  const total = data.bars;
  const [clockAt, clockTime] = data.clock;
  const perBar = total ? (data.end - data.start) / total : data.step;
  const below = (sorted, value) => {           // the last place whose entry is <= value, 0 at least
    let low = 0, high = sorted.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (sorted[middle] <= value) low = middle; else high = middle - 1;
    }
    return low;
  };
  const timeAt = (bar) => {
    if (!total || bar >= total) return data.end + (bar - total) * perBar;
    if (bar < 0) return clockTime[0] + bar * perBar;
    const knot = below(clockAt, bar);
    return clockTime[knot] + (bar - clockAt[knot]) * data.step;
  };
  const barAt = (time) => {
    if (!total || time >= data.end) return total + (time - data.end) / perBar;
    if (time < clockTime[0]) return (time - clockTime[0]) / perBar;
    const knot = below(clockTime, time);
    const next = knot + 1 < clockAt.length ? clockAt[knot + 1] : total;
    return Math.min(clockAt[knot] + (time - clockTime[knot]) / data.step, next);
  };

  const openCandles = (asset) => {
    const all = floats(asset.ohlc), n = asset.count, at = new Float64Array(n);
    const [index, value] = asset.at;
    for (let k = 0; k < index.length; k++) {
      const stop = k + 1 < index.length ? index[k + 1] : n;
      for (let j = index[k]; j < stop; j++) at[j] = value[k] + (j - index[k]) * asset.factor;
    }
    return {
      name: asset.name, width: asset.factor, at, joined: new Map(),
      open: all.subarray(0, n), high: all.subarray(n, 2 * n), low: all.subarray(2 * n, 3 * n), close: all.subarray(3 * n),
    };
  };
  const joined = (candles, width) => {         // candles joined into groups of `width` clock bars, kept for the next look
    if (width <= candles.width) return candles;
    if (candles.joined.has(width)) return candles.joined.get(width);
    const at = [], open = [], high = [], low = [], close = [];
    for (let j = 0; j < candles.at.length; j++) {
      const group = Math.floor(candles.at[j] / width) * width, last = at.length - 1;
      if (last >= 0 && at[last] === group) {
        high[last] = Math.max(high[last], candles.high[j]);
        low[last] = Math.min(low[last], candles.low[j]);
        close[last] = candles.close[j];
      } else {
        at.push(group); open.push(candles.open[j]); high.push(candles.high[j]); low.push(candles.low[j]); close.push(candles.close[j]);
      }
    }
    const out = { name: candles.name, width, at, open, high, low, close };
    candles.joined.set(width, out);
    return out;
  };
  const WIDTHS = [60, 180, 300, 900, 1800, 3600, 7200, 14400, 21600, 28800, 43200, 86400, 259200, 604800, 2419200, 7257600]
    .map((seconds) => (seconds * 1000) / data.step).filter((width) => width >= 1 && Number.isInteger(width));
  const widthFor = (pixelsPerBar, least) => WIDTHS.find((width) => width * pixelsPerBar >= 2.5 && width >= least) ?? least;
  const widthName = (width) => {
    const seconds = (width * data.step) / 1000;
    if (seconds % 604800 === 0) return `${seconds / 604800}w`;
    if (seconds % 86400 === 0) return `${seconds / 86400}d`;
    return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds / 60}m`;
  };

  const curve = (name) => {
    const source = data.curves, last = floats(source[name]);
    return {
      last,
      low: source[name + "Low"] ? floats(source[name + "Low"]) : last,
      high: source[name + "High"] ? floats(source[name + "High"]) : last,
      depth: new Uint16Array(bytes(source[name + "Depth"])),
    };
  };
  const equity = curve("equity"), benchmark = curve("benchmark"), group = data.curves.factor;
  const assets = data.assets.map((asset) => ({ source: asset, candles: null }));
  const candlesOf = (number) => (assets[number].candles ??= openCandles(assets[number].source));
  const trades = data.trades, listedTrades = trades.number.length;

  // ---- the chart -----------------------------------------------------------------------------------------------
  const canvas = $("chart"), pen = canvas.getContext("2d"), reading = $("reading");
  const holdout = data.holdout && { from: barAt(data.holdout.start), to: barAt(data.holdout.end), seen: data.holdout.seen };
  const extent = { from: -1, to: Math.max(total, holdout ? holdout.to : 0, 1) + 1 };
  const home = { from: -0.5, to: Math.max(total, 1) + Math.min(extent.to - total, Math.max(total * 0.05, 2)) };
  const view = { ...home, asset: 0, log: false, benchmark: true, marks: true, pointer: null, trade: -1 };
  let colours = {}, box = null;

  const readColours = () => {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["ink", "muted", "line", "grid", "surface", "up", "down", "accent", "compare", "hatch", "mark"])
      colours[name] = style.getPropertyValue(`--${name}`).trim();
  };
  const layout = () => {
    const width = canvas.clientWidth, height = canvas.clientHeight, ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    const axis = width < 560 ? 52 : 68, times = 22, strip = 46, gap = 26, rest = height - times - strip - 3 * gap - 8;
    const tall = [Math.round(rest * 0.54), Math.round(rest * 0.29)];
    tall.push(rest - tall[0] - tall[1]);
    let top = gap;
    const panes = tall.map((size) => { const pane = { top, bottom: top + size }; top += size + gap; return pane; });
    const timesTop = panes[2].bottom;
    box = { width, height, plot: width - axis, panes, timesTop, strip: { top: timesTop + times + 4, bottom: height - 4 } };
  };
  const x = (bar) => ((bar - view.from) / (view.to - view.from)) * box.plot;
  const barOf = (pixel) => view.from + (pixel / box.plot) * (view.to - view.from);

  const scale = (pane, low, high, log) => {
    if (!(low <= high)) { low = 0; high = 1; }
    if (low === high) { const room = Math.abs(low) * 0.01 || 1; low -= room; high += room; }
    const logged = log && low > 0;
    const to = logged ? Math.log : (value) => value, back = logged ? Math.exp : (value) => value;
    const pad = (to(high) - to(low)) * 0.06, bottom = to(low) - pad, size = to(high) - to(low) + 2 * pad;
    const y = (value) => pane.bottom - ((to(value) - bottom) / size) * (pane.bottom - pane.top);
    return { y, low: back(bottom), high: back(bottom + size), at: (pixel) => back(bottom + ((pane.bottom - pixel) / (pane.bottom - pane.top)) * size) };
  };
  const steps = (low, high, count) => {
    const raw = (high - low) / Math.max(count, 1), power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= raw) || raw;
    const out = [];
    for (let value = Math.ceil(low / step) * step; value <= high && out.length < 40; value += step) out.push(Math.abs(value) < step / 1e6 ? 0 : value);
    return out;
  };
  const gridFor = (axis, pane) => {
    const room = Math.floor((pane.bottom - pane.top) / 38);
    if (axis.high / axis.low < 8 || axis.low <= 0 || !view.log) return steps(axis.low, axis.high, room);
    const out = [];
    for (let power = Math.floor(Math.log10(axis.low)); power <= Math.log10(axis.high); power++)
      for (const factor of room > 5 ? [1, 2, 5] : [1, 3]) out.push(factor * 10 ** power);
    return out.filter((value) => value >= axis.low && value <= axis.high);
  };
  const writer = (marks) => {                  // as many decimals as tell the marks of an axis apart
    const gap = Math.min(1, ...marks.slice(1).map((value, k) => Math.abs(value - marks[k])).filter((size) => size > 0));
    let digits = Math.max(0, -Math.floor(Math.log10(gap) + 1e-9));
    while (digits < 18 && marks.some((value) => Math.abs(value * 10 ** digits - Math.round(value * 10 ** digits)) > 1e-6)) digits++;
    return (value) => (Math.abs(value) >= 1e6 ? short(value) : grouped(value, digits));
  };
  const text = (words, left, top, colour, align = "left") => {
    pen.fillStyle = colour; pen.textAlign = align; pen.textBaseline = "middle"; pen.fillText(words, left, top);
  };
  const tag = (words, top, colour) => {        // a label on the right axis
    pen.fillStyle = colour;
    pen.beginPath(); pen.roundRect(box.plot + 1, top - 9, box.width - box.plot - 2, 18, 3); pen.fill();
    text(words, box.plot + 6, top + 0.5, colours.surface);
  };
  const inside = (pane, draw) => {
    pen.save(); pen.beginPath(); pen.rect(0, pane.top, box.plot, pane.bottom - pane.top); pen.clip(); draw(); pen.restore();
  };

  const timeTicks = () => {
    const from = timeAt(view.from), to = timeAt(view.to), room = ((to - from) / box.plot) * 90;
    const months = [1, 2, 3, 6, 12, 24, 60].find((count) => count * 30.4 * DAY >= room);
    const small = [60, 300, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800].map((s) => s * 1000).find((size) => size >= room);
    const out = [];
    if (small) {
      const start = small === 7 * DAY ? 4 * DAY : 0;
      for (let at = Math.ceil((from - start) / small) * small + start; at <= to && out.length < 60; at += small) {
        const midnight = at % DAY === 0;
        out.push([at, midnight ? stamp(at, false).slice(5) : stamp(at).slice(11), midnight && small < DAY]);
      }
    } else {
      const first = new Date(from), count = months || 120;
      for (let n = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / count) * count; out.length < 60; n += count) {
        const at = Date.UTC(Math.floor(n / 12), n % 12, 1);
        if (at > to) break;
        if (at >= from) out.push([at, n % 12 ? stamp(at, false).slice(0, 7) : String(Math.floor(n / 12)), n % 12 === 0]);
      }
    }
    return out.map(([at, label, strong]) => [x(barAt(at)), label, strong]);
  };

  const hatch = (left, right, top, bottom) => {
    left = Math.max(left, 0); right = Math.min(right, box.plot);
    if (right <= left) return;
    pen.save(); pen.beginPath(); pen.rect(left, top, right - left, bottom - top); pen.clip();
    pen.strokeStyle = colours.hatch; pen.lineWidth = 1; pen.beginPath();
    for (let at = left - (bottom - top); at < right; at += 7) { pen.moveTo(at, bottom); pen.lineTo(at + bottom - top, top); }
    pen.stroke(); pen.restore();
  };
  const backdrop = (pane, axis, ticks, marks, write = writer(marks)) => {
    if (holdout) hatch(x(holdout.from), x(holdout.to), pane.top, pane.bottom);
    pen.strokeStyle = colours.grid; pen.lineWidth = 1; pen.beginPath();
    for (const value of marks) { const top = Math.round(axis.y(value)) + 0.5; pen.moveTo(0, top); pen.lineTo(box.plot, top); }
    for (const [left] of ticks) { pen.moveTo(Math.round(left) + 0.5, pane.top); pen.lineTo(Math.round(left) + 0.5, pane.bottom); }
    pen.stroke();
    for (const value of marks) text(write(value), box.plot + 6, axis.y(value), colours.muted);
    pen.strokeStyle = colours.line; pen.strokeRect(-1, pane.top + 0.5, box.plot + 1.5, pane.bottom - pane.top);
  };

  const drawPrice = (ticks) => {
    const pane = box.panes[0], pixels = box.plot / (view.to - view.from);
    if (!assets.length) return;
    const base = candlesOf(view.asset), candles = joined(base, widthFor(pixels, base.width));
    const first = Math.max(below(candles.at, view.from - candles.width), 0);
    let low = Infinity, high = -Infinity, stop = first;
    for (; stop < candles.at.length && candles.at[stop] < view.to; stop++) {
      if (candles.at[stop] + candles.width < view.from) continue;
      low = Math.min(low, candles.low[stop]); high = Math.max(high, candles.high[stop]);
    }
    const axis = scale(pane, low, high, view.log);
    pane.axis = axis; pane.candles = candles;
    backdrop(pane, axis, ticks, gridFor(axis, pane));
    inside(pane, () => {
      const body = Math.max(Math.min(candles.width * pixels * 0.72, 18), 1);
      for (const rising of [true, false]) {
        pen.fillStyle = rising ? colours.up : colours.down;
        for (let j = first; j < stop; j++) {
          if (candles.close[j] >= candles.open[j] !== rising) continue;
          const centre = x(candles.at[j] + candles.width / 2 - 0.5), top = axis.y(candles.high[j]);
          pen.fillRect(Math.round(centre) , top, 1, Math.max(axis.y(candles.low[j]) - top, 1));
          if (body > 1.5) {
            const upper = axis.y(Math.max(candles.open[j], candles.close[j])), lower = axis.y(Math.min(candles.open[j], candles.close[j]));
            pen.fillRect(Math.round(centre - body / 2) + 0.5, upper, Math.round(body), Math.max(lower - upper, 1));
          }
        }
      }
      if (view.marks) drawMarks(axis, pane);
    });
    text(`${candles.name} · ${widthName(candles.width)} candles`, 4, pane.top - 12, colours.ink);
  };

  const triangle = (left, top, size, up) => {
    pen.beginPath(); pen.moveTo(left, top); pen.lineTo(left - size, top + (up ? 1.7 : -1.7) * size); pen.lineTo(left + size, top + (up ? 1.7 : -1.7) * size);
    pen.closePath(); pen.fill(); pen.stroke();
  };
  const drawMarks = (axis, pane) => {
    const name = assets[view.asset].source.name, shown = [];
    for (let k = 0; k < listedTrades; k++) {
      if (data.tradeAssets[trades.asset[k]] !== name) continue;
      const from = trades.entryBar[k], to = trades.exitBar[k] < 0 ? total - 1 : trades.exitBar[k];
      if (to >= view.from - 1 && from <= view.to + 1) shown.push(k);
    }
    const size = shown.length > 400 ? 2.5 : shown.length > 120 ? 3.5 : 5;
    for (const k of shown) {
      const from = x(trades.entryBar[k]), open = trades.exitBar[k] < 0, to = x(open ? total - 1 : trades.exitBar[k]);
      const enter = axis.y(trades.entryPrice[k]), leave = axis.y(trades.exitPrice[k]);
      const won = trades.profit[k] > 0, chosen = k === view.trade;
      pen.strokeStyle = won ? colours.up : colours.down; pen.lineWidth = chosen ? 2.5 : 1.2; pen.setLineDash(chosen ? [] : [4, 3]);
      if (shown.length <= 400 || chosen) { pen.beginPath(); pen.moveTo(from, enter); pen.lineTo(to, leave); pen.stroke(); }
      pen.setLineDash([]);
      pen.lineWidth = 1; pen.strokeStyle = colours.surface; pen.fillStyle = colours.mark;
      triangle(from, enter, chosen ? 7 : size, trades.side[k] > 0);
      if (open) continue;
      pen.fillStyle = won ? colours.up : colours.down;
      pen.beginPath(); pen.arc(to, leave, chosen ? 5.5 : size * 0.8, 0, 7); pen.fill(); pen.stroke();
    }
  };

  const range = (source, from, to) => {
    let low = Infinity, high = -Infinity;
    for (let j = from; j < to; j++) { if (source.low[j] < low) low = source.low[j]; if (source.high[j] > high) high = source.high[j]; }
    return [low, high];
  };
  const path = (source, y, from, to, place) => {   // one vertical stroke a pixel column when points are dense
    const dense = Math.max(1, Math.floor((to - from) / (box.plot * 1.5)));
    let started = false;
    pen.beginPath();
    for (let j = from; j < to; j += dense) {
      const stop = Math.min(j + dense, to);
      const values = dense > 1 || source.low !== source.last ? [...range(source, j, stop), source.last[stop - 1]] : [source.last[j]];
      for (const value of values) {
        if (!Number.isFinite(value)) continue;
        const left = place((stop - 1) * group), top = y(value);
        if (started) pen.lineTo(left, top); else { pen.moveTo(left, top); started = true; }
      }
    }
  };
  const window_ = () => [clamp(Math.floor(view.from / group) - 1, 0, equity.last.length), clamp(Math.ceil(view.to / group) + 1, 0, equity.last.length)];

  const drawEquity = (ticks) => {
    const pane = box.panes[1], [from, to] = window_();
    let [low, high] = range(equity, from, to);
    if (view.benchmark) { const other = range(benchmark, from, to); low = Math.min(low, other[0]); high = Math.max(high, other[1]); }
    const axis = scale(pane, low, high, view.log);
    pane.axis = axis;
    backdrop(pane, axis, ticks, gridFor(axis, pane));
    inside(pane, () => {
      pen.lineJoin = "round";
      const start = Math.round(axis.y(data.initial)) + 0.5;
      pen.strokeStyle = colours.muted; pen.lineWidth = 1; pen.setLineDash([2, 4]);
      pen.beginPath(); pen.moveTo(0, start); pen.lineTo(box.plot, start); pen.stroke(); pen.setLineDash([]);
      if (view.benchmark) { path(benchmark, axis.y, from, to, x); pen.strokeStyle = colours.compare; pen.lineWidth = 1.4; pen.stroke(); }
      path(equity, axis.y, from, to, x); pen.strokeStyle = colours.accent; pen.lineWidth = 2; pen.stroke();
    });
    text(`Equity, ${quote}`, 4, pane.top - 12, colours.ink);
    if (to > from) {
      const own = equity.last[to - 1], other = benchmark.last[to - 1];
      if (view.benchmark && Math.abs(axis.y(own) - axis.y(other)) > 19) tag(short(other), clamp(axis.y(other), pane.top, pane.bottom), colours.compare);
      tag(short(own), clamp(axis.y(own), pane.top, pane.bottom), colours.accent);
    }
  };

  const drawDepth = (ticks) => {
    const pane = box.panes[2], [from, to] = window_();
    let deepest = 100;
    for (let j = from; j < to; j++) deepest = Math.max(deepest, equity.depth[j], view.benchmark ? benchmark.depth[j] : 0);
    const y = (value) => pane.top + (value / (deepest * 1.08)) * (pane.bottom - pane.top);
    const axis = { y: (share) => y(-share * 10000), low: -deepest * 1.08 / 10000, high: 0, at: (pixel) => -((pixel - pane.top) / (pane.bottom - pane.top)) * deepest * 1.08 / 10000 };
    pane.axis = axis;
    const write = (value) => grouped(value * 100, deepest < 300 ? 1 : 0) + " %";
    backdrop(pane, axis, ticks, steps(axis.low, 0, Math.floor((pane.bottom - pane.top) / 34)), write);
    const trace = (source, whole = false) => {
      const dense = Math.max(1, Math.floor((to - from) / (box.plot * 1.5)));
      pen.beginPath();
      if (whole) pen.moveTo(x(from * group), y(0));
      for (let j = from; j < to; j += dense) {
        let depth = 0;
        for (let k = j; k < Math.min(j + dense, to); k++) depth = Math.max(depth, source.depth[k]);
        pen.lineTo(x(j * group), y(depth));
      }
    };
    inside(pane, () => {
      trace(equity, true); pen.lineTo(x((to - 1) * group), y(0)); pen.closePath();
      pen.fillStyle = colours.down; pen.globalAlpha = 0.28; pen.fill(); pen.globalAlpha = 1;
      trace(equity); pen.strokeStyle = colours.down; pen.lineWidth = 1.3; pen.stroke();
      if (view.benchmark) { trace(benchmark); pen.strokeStyle = colours.compare; pen.lineWidth = 1; pen.stroke(); }
    });
    text("Under water (below the highest equity so far)", 4, pane.top - 12, colours.ink);
  };

  const drawStrip = () => {
    const { top, bottom } = box.strip, place = (bar) => ((bar - extent.from) / (extent.to - extent.from)) * box.plot;
    pen.fillStyle = colours.grid; pen.globalAlpha = 0.5; pen.fillRect(0, top, box.plot, bottom - top); pen.globalAlpha = 1;
    if (holdout) hatch(place(holdout.from), place(holdout.to), top, bottom);
    const [low, high] = range(equity, 0, equity.last.length), axis = scale({ top: top + 2, bottom: bottom - 2 }, low, high, false);
    path(equity, axis.y, 0, equity.last.length, place); pen.strokeStyle = colours.muted; pen.lineWidth = 1; pen.stroke();
    if (holdout) {
      const words = holdout.seen ? "holdout, seen" : "holdout, locked", room = place(holdout.to) - place(holdout.from);
      if (room > pen.measureText(words).width + 8) text(words, (place(holdout.from) + place(holdout.to)) / 2, (top + bottom) / 2, colours.ink, "center");
    }
    const left = place(view.from), right = place(view.to);
    pen.fillStyle = colours.accent; pen.globalAlpha = 0.13; pen.fillRect(left, top, Math.max(right - left, 3), bottom - top); pen.globalAlpha = 1;
    pen.strokeStyle = colours.accent; pen.strokeRect(left + 0.5, top + 0.5, Math.max(right - left - 1, 3), bottom - top - 1);
  };

  const drawPointer = () => {
    const bar = view.pointer ? clamp(Math.round(barOf(view.pointer.left)), 0, total - 1) : total - 1;
    if (view.pointer && view.pointer.left <= box.plot && view.pointer.top < box.timesTop) {
      const left = Math.round(view.pointer.left) + 0.5;
      pen.strokeStyle = colours.muted; pen.lineWidth = 1; pen.setLineDash([3, 3]); pen.beginPath();
      pen.moveTo(left, box.panes[0].top); pen.lineTo(left, box.timesTop);
      const pane = box.panes.find((one) => view.pointer.top >= one.top && view.pointer.top <= one.bottom);
      if (pane) { pen.moveTo(0, view.pointer.top); pen.lineTo(box.plot, view.pointer.top); }
      pen.stroke(); pen.setLineDash([]);
      if (pane && pane.axis) tag(pane === box.panes[2] ? percent(pane.axis.at(view.pointer.top), 1, false) : short(pane.axis.at(view.pointer.top)), view.pointer.top, colours.ink);
      const words = stamp(timeAt(Math.round(barOf(view.pointer.left)))), room = pen.measureText(words).width / 2 + 6;
      const centre = clamp(left, room, box.plot - room);
      pen.fillStyle = colours.ink; pen.beginPath(); pen.roundRect(centre - room, box.timesTop + 2, 2 * room, 18, 3); pen.fill();
      text(words, centre, box.timesTop + 11.5, colours.surface, "center");
    }
    read(bar);
  };
  const read = (bar) => {
    if (!total) { reading.textContent = "No bars in this window."; return; }
    const parts = [stamp(timeAt(bar))], candles = box.panes[0].candles;
    if (candles && candles.at.length) {
      const j = below(candles.at, bar);
      if (bar >= candles.at[j] && bar < candles.at[j] + candles.width)
        parts.push(`O ${price(candles.open[j])}  H ${price(candles.high[j])}  L ${price(candles.low[j])}  C ${price(candles.close[j])}`);
    }
    const at = clamp(Math.floor(bar / group), 0, equity.last.length - 1);
    parts.push(`Equity ${money(equity.last[at])}`, `Buy & hold ${money(benchmark.last[at])}`, `Under water ${percent(-equity.depth[at] / 10000, 1, false)}`);
    reading.replaceChildren(...parts.map((part) => Object.assign(document.createElement("span"), { textContent: part })));
  };

  const draw = () => {
    layout();
    pen.clearRect(0, 0, box.width, box.height);
    pen.font = `${box.width < 560 ? 10.5 : 11.5}px ${getComputedStyle(document.body).fontFamily}`;
    const ticks = timeTicks();
    drawPrice(ticks); drawEquity(ticks); drawDepth(ticks);
    for (const [left, label, strong] of ticks)
      if (left >= 0 && left < box.plot - 14) text(label, Math.max(left, 2), box.timesTop + 12, strong ? colours.ink : colours.muted, left < 18 ? "left" : "center");
    if (holdout) {
      const left = Math.max(x(holdout.from), 0), words = holdout.seen ? "holdout, seen" : "holdout, locked";
      if (left < box.plot - 18) {
        pen.strokeStyle = colours.muted; pen.lineWidth = 1; pen.beginPath(); pen.moveTo(left + 0.5, box.panes[0].top); pen.lineTo(left + 0.5, box.timesTop); pen.stroke();
        pen.save(); pen.translate(Math.min(left + 11, box.plot - 8), box.panes[0].top + 8); pen.rotate(Math.PI / 2); text(words, 0, 0, colours.ink); pen.restore();
      }
    }
    drawStrip(); drawPointer();
  };
  let waiting = false;
  const redraw = () => { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; draw(); }); } };

  const look = (from, to) => {
    const size = clamp(to - from, Math.min(8, extent.to - extent.from), extent.to - extent.from);
    view.from = clamp(from, extent.from, extent.to - size);
    view.to = view.from + size;
    for (const button of document.querySelectorAll("[data-days]")) button.setAttribute("aria-pressed", "false");
    redraw();
  };
  const zoom = (factor, centre = (view.from + view.to) / 2) => look(centre - (centre - view.from) * factor, centre + (view.to - centre) * factor);
  const pan = (share) => look(view.from + share * (view.to - view.from), view.to + share * (view.to - view.from));

  // ---- pointer, wheel and keys ---------------------------------------------------------------------------------
  const pressed = new Map();
  let held = null, awake = false;
  const spot = (event) => { const frame = canvas.getBoundingClientRect(); return { left: event.clientX - frame.left, top: event.clientY - frame.top }; };
  const stripLook = (left) => {
    const centre = extent.from + (left / box.plot) * (extent.to - extent.from), half = (view.to - view.from) / 2;
    look(centre - half, centre + half);
  };
  canvas.addEventListener("pointerdown", (event) => {
    const at = spot(event);
    awake = true;
    canvas.setPointerCapture(event.pointerId);
    pressed.set(event.pointerId, at);
    held = { at, from: view.from, to: view.to, strip: at.top >= box.strip.top, apart: 0 };
    if (pressed.size === 2) { const [a, b] = [...pressed.values()]; held.apart = Math.max(Math.abs(a.left - b.left), 10); }
    if (held.strip) stripLook(at.left);
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = spot(event);
    view.pointer = at;
    if (pressed.has(event.pointerId)) {
      pressed.set(event.pointerId, at);
      if (pressed.size === 2 && held) {
        const [a, b] = [...pressed.values()], factor = held.apart / Math.max(Math.abs(a.left - b.left), 10);
        const centre = held.from + (((a.left + b.left) / 2) / box.plot) * (held.to - held.from);
        look(centre - (centre - held.from) * factor, centre + (held.to - centre) * factor);
      } else if (held && held.strip) stripLook(at.left);
      else if (held) { const moved = ((held.at.left - at.left) / box.plot) * (held.to - held.from); if (moved) look(held.from + moved, held.to + moved); }
    }
    redraw();
  });
  const release = (event) => { pressed.delete(event.pointerId); held = null; };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => { view.pointer = null; awake = false; redraw(); });
  canvas.addEventListener("dblclick", () => look(home.from, home.to));
  canvas.addEventListener("wheel", (event) => {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!sideways && !awake && !event.ctrlKey && !event.metaKey) return;   // the page scrolls until the chart was clicked
    event.preventDefault();
    if (sideways) pan(clamp(event.deltaX / 600, -0.5, 0.5));
    else zoom(Math.exp(clamp(event.deltaY, -200, 200) / 400), barOf(spot(event).left));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const acts = {
      ArrowLeft: () => pan(-0.15), ArrowRight: () => pan(0.15), "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1.4),
      Home: () => look(home.from, home.to), n: () => stepTrade(1), p: () => stepTrade(-1),
    };
    if (acts[event.key] && !event.ctrlKey && !event.metaKey) { event.preventDefault(); acts[event.key](); }
  });

  const toggle = (id, key) => {
    const button = $(id);
    button.addEventListener("click", () => { view[key] = !view[key]; button.setAttribute("aria-pressed", String(view[key])); redraw(); });
  };
  toggle("log", "log"); toggle("compare", "benchmark"); toggle("marks", "marks");
  $("closer").addEventListener("click", () => zoom(0.6));
  $("farther").addEventListener("click", () => zoom(1.7));
  $("before").addEventListener("click", () => stepTrade(-1));
  $("after").addEventListener("click", () => stepTrade(1));
  for (const button of document.querySelectorAll("[data-days]"))
    button.addEventListener("click", () => {
      const days = Number(button.dataset.days);
      if (days) look(Math.max(barAt(data.end - days * DAY), 0), total + 1); else look(home.from, home.to);
      button.setAttribute("aria-pressed", "true");
    });
  const tabs = [...document.querySelectorAll("[data-asset]")];
  const chooseAsset = (name) => {
    const found = assets.findIndex((asset) => asset.source.name === name);
    if (found < 0) return;
    view.asset = found;
    for (const tab of tabs) tab.setAttribute("aria-pressed", String(tab.dataset.asset === name));
    redraw();
  };
  for (const tab of tabs) tab.addEventListener("click", () => chooseAsset(tab.dataset.asset));

  const showTrade = (k) => {
    view.trade = k;
    chooseAsset(data.tradeAssets[trades.asset[k]]);
    const from = trades.entryBar[k], to = trades.exitBar[k] < 0 ? total - 1 : trades.exitBar[k], room = Math.max((to - from) * 0.8, 25);
    look(from - room, to + room);
    $("told").textContent = `Trade ${trades.number[k]}: ${words(k)}`;
  };
  const stepTrade = (by) => {
    if (!listedTrades) return;
    const order = [...Array(listedTrades).keys()].sort((a, b) => trades.entryBar[a] - trades.entryBar[b] || a - b);
    const place = view.trade < 0 ? (by > 0 ? -1 : listedTrades) : order.indexOf(view.trade);
    showTrade(order[clamp(place + by, 0, listedTrades - 1)]);
  };

  // ---- the trade list ------------------------------------------------------------------------------------------
  const REASONS = Object.fromEntries(data.reasons.map((name, code) => [code, name.replaceAll("_", " ")]));
  const reasonOf = (k) => (trades.exitBar[k] < 0 ? "still open" : REASONS[trades.reason[k]] ?? "");
  const when = (value) => (value < 0 ? "" : stamp(value * 60000));
  const words = (k) =>
    `${data.tradeAssets[trades.asset[k]]} ${trades.side[k] > 0 ? "long" : "short"}, in ${when(trades.entryMinute[k])} at ${price(trades.entryPrice[k])}, ` +
    (trades.exitBar[k] < 0 ? `still open, marked at ${price(trades.exitPrice[k])}` : `out ${when(trades.exitMinute[k])} at ${price(trades.exitPrice[k])} (${reasonOf(k)})`) +
    `, ${percent(trades.gain[k])}`;
  const COLUMNS = {
    number: (k) => String(trades.number[k]),
    asset: (k) => data.tradeAssets[trades.asset[k]],
    side: (k) => (trades.side[k] > 0 ? "long" : "short"),
    entryMinute: (k) => when(trades.entryMinute[k]),
    entryPrice: (k) => price(trades.entryPrice[k]),
    exitMinute: (k) => when(trades.exitMinute[k]),
    exitPrice: (k) => price(trades.exitPrice[k]),
    gain: (k) => percent(trades.gain[k]),
    profit: (k) => sign(trades.profit[k]) + money(trades.profit[k]),
    costs: (k) => money(trades.costs[k]),
    worst: (k) => percent(trades.worst[k] === null ? null : -trades.worst[k], 1, false),
    best: (k) => percent(trades.best[k], 1),
    held: (k) => span(trades.held[k]),
    reason: reasonOf,
  };
  const TEXTS = new Set(["number", "asset", "side", "entryMinute", "exitMinute", "reason"]), TONED = new Set(["gain", "profit"]);
  const list = { sort: "number", down: false, page: 0, size: 25, rows: [] };
  const value = (column, k) => (column === "asset" || column === "reason" ? COLUMNS[column](k) : trades[column][k] ?? -Infinity);
  const search = $("search");
  const sift = () => {
    const asked = search ? search.value.trim().toLowerCase().split(/\s+/).filter(Boolean) : [];
    const rows = [];
    for (let k = 0; k < listedTrades; k++) {
      const line = asked.length && `${COLUMNS.asset(k)} ${COLUMNS.side(k)} ${COLUMNS.entryMinute(k)} ${COLUMNS.exitMinute(k)} ${reasonOf(k)} ${trades.profit[k] > 0 ? "win" : "loss"}`.toLowerCase();
      if (asked.every((word) => line.includes(word))) rows.push(k);
    }
    const order = list.down ? -1 : 1;
    rows.sort((a, b) => { const u = value(list.sort, a), v = value(list.sort, b); return (u < v ? -1 : u > v ? 1 : a - b) * order; });
    list.rows = rows;
    list.page = 0;
    show();
  };
  const show = (everything = false) => {
    const start = everything ? 0 : list.page * list.size, rows = list.rows.slice(start, everything ? 400 : start + list.size);
    $("rows").replaceChildren(...rows.map((k) => {
      const line = document.createElement("tr");
      for (const [name, write] of Object.entries(COLUMNS)) {
        const cell = document.createElement("td");
        if (!TEXTS.has(name)) cell.className = "figure";
        if (TONED.has(name)) cell.classList.add(trades.profit[k] > 0 ? "good" : "bad");
        if (name === "number") {
          const button = Object.assign(document.createElement("button"), { className: "link", textContent: write(k), title: "Show on the chart" });
          button.addEventListener("click", () => { showTrade(k); $("charts").scrollIntoView({ block: "start" }); });
          cell.append(button);
        } else cell.textContent = write(k);
        line.append(cell);
      }
      return line;
    }));
    const pages = Math.max(1, Math.ceil(list.rows.length / list.size));
    $("place").textContent = list.rows.length ? `${grouped(start + 1, 0)} to ${grouped(start + rows.length, 0)} of ${grouped(list.rows.length, 0)}` : "no trade matches";
    $("back").disabled = list.page === 0;
    $("next").disabled = list.page >= pages - 1;
  };
  if (listedTrades) {
    search.addEventListener("input", sift);
    $("back").addEventListener("click", () => { list.page--; show(); });
    $("next").addEventListener("click", () => { list.page++; show(); });
    for (const head of document.querySelectorAll("#trades [data-sort]")) {
      head.firstElementChild.addEventListener("click", () => {
        list.down = list.sort === head.dataset.sort ? !list.down : !TEXTS.has(head.dataset.sort);
        list.sort = head.dataset.sort;
        for (const other of document.querySelectorAll("#trades [data-sort]")) other.setAttribute("aria-sort", "none");
        head.setAttribute("aria-sort", list.down ? "descending" : "ascending");
        sift();
      });
    }
    sift();
  }

  // ---- looks ---------------------------------------------------------------------------------------------------
  const renew = () => { readColours(); redraw(); };
  $("theme").addEventListener("click", () => {
    const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    renew();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", renew);
  let before = null;
  addEventListener("beforeprint", () => {
    before = document.documentElement.dataset.theme ?? "";
    document.documentElement.dataset.theme = "light";
    readColours(); draw();
    if (listedTrades) show(true);
  });
  addEventListener("afterprint", () => {
    if (before) document.documentElement.dataset.theme = before; else delete document.documentElement.dataset.theme;
    renew();
    if (listedTrades) show();
  });
  new ResizeObserver(redraw).observe(canvas);
  readColours();
  draw();
  document.documentElement.dataset.ready = "yes";
})();
