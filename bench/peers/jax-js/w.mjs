// jax-js, common set W1..W10, wasm backend. node w.mjs: one thread, as in plain Node.
// BENCH_THREADS=2 node --import ./web-worker-in-node.mjs w.mjs: with its worker pool. Every result is read back.
import { bench as _b, rndf, velocity, smokeInputs, rhs, l2, THREADS, indices, BURGERS as BG } from "../common/harness.mjs";
import * as jax from "@jax-js/jax";
globalThis.Float16Array ??= class {}; // jax-js needs the name to exist before it takes a Float64Array; Node 20 has no Float16Array
const { numpy: np, lax, jit, vjp, valueAndGrad } = jax;
const dev = process.env.BENCH_DEVICE ?? "wasm";
console.error("devices", await jax.init(dev));
jax.defaultDevice(dev);
const pool = typeof Worker !== "undefined";
const P = (pool ? "jax-js-workers" : "jax-js") + (dev === "wasm" ? "" : "-" + dev);
const f = (x) => Math.round(x * 1e5) / 1e5;
const arr = (a, shape, opt) => { const x = np.array(a, opt); return shape ? x.reshape(shape) : x; };
const get = async (t) => (pool ? await t.data() : t.dataSync()); // consumes t
const all = async (ts) => { const o = []; for (const t of ts) o.push(await get(t)); return o; };
const bench = (task, params, fn, check) => _b(P, task, params, fn, check, pool ? THREADS : 1);
const N1 = 1e6, x1 = arr(rndf(N1, 1)), y1 = arr(rndf(N1, 2));
{
  const chain = (x, y) => np.tanh(x.ref.mul(0.7).add(0.1)).mul(x).sub(y), j = jit(chain);
  await bench("W1 chain", "1M jit", () => get(j(x1.ref, y1.ref)), (d) => f(l2(d)));
  await bench("W1 chain", "1M eager", () => get(chain(x1.ref, y1.ref)), (d) => f(l2(d)));
}
for (const n of [512, 64]) {
  const q = arr(rndf(n * n, 5), [n, n]);
  const r = (q, s, a) => np.roll(q, s, a);
  const j = jit((q) => r(q.ref, 1, 0).add(r(q.ref, -1, 0)).add(r(q.ref, 1, 1)).add(r(q.ref, -1, 1)).sub(q.mul(4)));
  await bench("W2 lap" + n, "roll jit", () => get(j(q.ref)), (d) => f(l2(d)));
}
{
  const [A, B] = [1, 2].map((s) => arr(rndf(512 * 512, s), [512, 512])), mm = jit((a, b) => np.matmul(a, b));
  await bench("W3 matmul512", "jit", () => get(mm(A.ref, B.ref)), (d) => f(l2(d)));
}
{
  const c = 32, X = arr(rndf(c * 4096, 1), [1, c, 64, 64]), G = arr(rndf(c * 4096, 3), [1, c, 64, 64]), W = arr(rndf(c * c * 9, 2), [c, c, 3, 3]);
  const conv = (x, w) => lax.conv(x, w, [1, 1], "SAME"), jc = jit(conv);
  await bench("W4 conv fwd", "jit", () => get(jc(X.ref, W.ref)), (d) => f(l2(d)));
  const g = jit((x, w, ct) => { const [y, back] = vjp(conv, [x, w]); const [gx, gw] = back(ct); return [y, gx, gw]; });
  await bench("W4 conv fwd+bwd", "jit", () => all(g(X.ref, W.ref, G.ref)), (d) => d.slice(1).map((a) => f(l2(a))));
}
{
  const sizes = [2, 64, 64, 1];
  let p = {}, m = {}, v = {};
  for (let i = 0; i < 3; i++) {
    p["w" + i] = arr(rndf(sizes[i] * sizes[i + 1], 10 + i, -0.3, 0.3), [sizes[i], sizes[i + 1]]); p["b" + i] = np.zeros([sizes[i + 1]]);
  }
  for (const k in p) { m[k] = np.zerosLike(p[k].ref); v[k] = np.zerosLike(p[k].ref); }
  const X = arr(rndf(2048, 20), [1024, 2]), Y = arr(rndf(1024, 21), [1024, 1]);
  const loss = (p, x, y) => {
    let h = x;
    for (let i = 0; i < 3; i++) { h = np.matmul(h, p["w" + i]).add(p["b" + i]); if (i < 2) h = np.tanh(h); }
    return np.square(h.sub(y)).mean();
  };
  const step = jit((p, m, v, x, y, c1, c2) => {
    const [l, g] = valueAndGrad(loss)(jax.tree.ref(p), x, y);
    const P = {}, M = {}, V = {}, keys = Object.keys(p);
    keys.forEach((k, i) => {
      const last = i === keys.length - 1;
      M[k] = m[k].mul(0.9).add(g[k].ref.mul(0.1));
      V[k] = v[k].mul(0.999).add(np.square(g[k]).mul(0.001));
      P[k] = p[k].sub(M[k].ref.mul(last ? c1 : c1.ref).div(np.sqrt(V[k].ref.mul(last ? c2 : c2.ref)).add(1e-8)).mul(1e-3));
    });
    return [l, P, M, V];
  });
  let t = 0, first = null;
  await bench("W5 mlp step", "jit", async () => {
    t++;
    const r = step(p, m, v, X.ref, Y.ref, np.array(1 / (1 - 0.9 ** t)), np.array(1 / (1 - 0.999 ** t)));
    [, p, m, v] = r;
    await jax.blockUntilReady(jax.tree.ref(p)).then(jax.tree.dispose);
    const l = (await get(r[0]))[0]; first ??= l; return l;
  }, () => ({ first_loss: f(first) }));
}
// W6
const grids = new Map();
const grid = (n) => {
  if (!grids.has(n)) {
    const y = new Float32Array(n * n), x = new Float32Array(n * n);
    for (let i = 0; i < n * n; i++) { y[i] = Math.floor(i / n); x[i] = i % n; }
    grids.set(n, [arr(y), arr(x)]);
  }
  return grids.get(n);
};
function advect(qs, u, v, gy, gx, n) {
  const py = gy.sub(v), px = gx.sub(u);
  const y0 = lax.stopGradient(np.floor(py.ref)), x0 = lax.stopGradient(np.floor(px.ref));
  const fy = py.sub(y0.ref), fx = px.sub(x0.ref);
  const wrap = (t) => np.remainder(t.add(n), n);
  const iy = wrap(y0.ref), ix = wrap(x0.ref), jy = wrap(y0.add(1)), jx = wrap(x0.add(1));
  const I = (a, b) => a.mul(n).add(b).astype(np.int32);
  const idx = [I(iy.ref, ix.ref), I(iy, jx.ref), I(jy.ref, ix), I(jy, jx)];
  const out = qs.map((q) => {
    const c = idx.map((i, k) => np.take(k < 3 ? q.ref : q, i.ref));
    const a = c[0].ref.add(c[1].sub(c[0]).mul(fx.ref)), b = c[2].ref.add(c[3].sub(c[2]).mul(fx.ref));
    return a.ref.add(b.sub(a).mul(fy.ref));
  });
  [fx, fy, ...idx].forEach((t) => t.dispose());
  return out;
}
{
  const n = 256, [u, v] = velocity(n).map((a) => arr(a)), q = arr(rndf(n * n, 5)), G = arr(rndf(n * n, 6)), [gy, gx] = grid(n);
  const fw = jit((q, u, v, gy, gx) => advect([q], u, v, gy, gx, n)[0]);
  await bench("W6 advect fwd", "take jit", () => get(fw(q.ref, u.ref, v.ref, gy.ref, gx.ref)), (d) => f(l2(d)));
  const bw = jit((q, u, v, gy, gx, ct) => { const [y, back] = vjp((q, u, v) => advect([q], u, v, gy, gx, n)[0], [q, u, v]); return [y, ...back(ct)]; });
  await bench("W6 advect fwd+bwd", "take jit", () => all(bw(q.ref, u.ref, v.ref, gy.ref, gx.ref, G.ref)), (d) => d.slice(1).map((a) => f(l2(a))));
}
// W7
const lap = (p, n) => {
  const q = np.pad(p.ref, 1);
  return p.mul(4).sub(q.ref.slice([0, n], [1, n + 1])).sub(q.ref.slice([2, n + 2], [1, n + 1])).sub(q.ref.slice([1, n + 1], [0, n])).sub(q.slice([1, n + 1], [2, n + 2]));
};
const cgBody = (n) => (x, r, p, rs) => {
  const Ap = lap(p.ref, n), a = rs.ref.div(p.ref.mul(Ap.ref).sum());
  const nx = x.add(p.ref.mul(a.ref)), nr = r.sub(Ap.mul(a));
  const rn = np.square(nr.ref).sum(), np_ = nr.ref.add(p.mul(rn.ref.div(rs)));
  return [nx, nr, np_, rn];
};
const cgJit = new Map();
const cgStep = (n) => cgJit.get(n) ?? (cgJit.set(n, jit(cgBody(n))), cgJit.get(n));
async function cg(b, tol, n) { // consumes b
  const step = cgStep(n);
  let it = 0, x = np.zerosLike(b.ref), r = b.ref, p = b, rs = np.square(b.ref).sum();
  let v = (await get(rs.ref))[0];
  const stop = tol * tol * v;
  while (v > stop && it < 4000) { [x, r, p, rs] = step(x, r, p, rs); v = (await get(rs.ref))[0]; it++; }
  r.dispose(); p.dispose(); rs.dispose();
  return [x, it];
}
for (const [lab, tol, opt, Type] of [["W7 cg f32 1e-5", 1e-5, undefined, Float32Array], ["W7 cg f64 1e-8", 1e-8, { dtype: np.float64 }, Float64Array]]) {
  const n = 128; let b;
  try { b = arr(rhs(n, Type), [n, n], opt); } catch (e) { console.error(lab, e.message); continue; }
  await bench(lab, "jit per iteration", async () => { const [x, it] = await cg(b.ref, tol, n); return [await get(x), it]; }, ([d, iters]) => ({ iters, norm: f(l2(d)), out: d.constructor.name }));
}
// W8
{
  const { steps, c, k } = BG, u0 = arr(BG.u0), target = arr(BG.target);
  const loss = (u, t) => {
    for (let s = 0; s < steps; s++) {
      const dp = np.roll(u.ref, -1).sub(u.ref), dm = np.roll(dp.ref, 1);
      const adv = np.maximum(u.ref, 0).mul(dm.ref).add(np.minimum(u.ref, 0).mul(dp.ref));
      u = u.sub(adv.mul(c)).add(dp.sub(dm).mul(k));
    }
    return np.square(u.sub(t)).sum().mul(0.5);
  };
  for (const [lab, g] of [["32 steps in one jit", jit(valueAndGrad(loss))], ["eager", valueAndGrad(loss)]])
    await bench("W8 burgers grad", lab, () => all(g(u0.ref, target.ref)), ([l, g]) => ({ loss: f(l[0]), g: f(l2(g)) }));
}
// W9: no custom gradients in jax-js, so the reverse sweep over the steps is written by hand, with jitted vjps of the pieces
const dx = (p, n) => { const q = np.pad(p, [[0, 0], [1, 1]]); return q.ref.slice([], [2, n + 2]).sub(q.slice([], [0, n])).mul(0.5); };
const dy = (p, n) => { const q = np.pad(p, [[1, 1], [0, 0]]); return q.ref.slice([2, n + 2], []).sub(q.slice([0, n], [])).mul(0.5); };
function smokeProgram(n) {
  const [gy, gx] = grid(n);
  const A = (d, u, v) => {
    let [d1, u1, v1] = advect([d, u.ref, v.ref], u, v, gy.ref, gx.ref, n);
    v1 = v1.add(d1.ref.mul(0.1));
    // .mul(1): vjp() of jax-js 0.1.25 fails ("Invalid atom type: undefined") when an output is also used for another output
    return [d1.mul(1), u1.ref.mul(1), v1.ref.mul(1), dx(u1.reshape([n, n]), n).add(dy(v1.reshape([n, n]), n)).mul(-1)];
  };
  const B = (u, v, p) => [u.sub(dx(p.ref, n).reshape([n * n])), v.sub(dy(p, n).reshape([n * n]))];
  const fA = jit(A), fB = jit(B);
  const bA = jit((d, u, v, c0, c1, c2, c3) => vjp(A, [d, u, v])[1]([c0, c1, c2, c3]));
  const bB = jit((u, v, p, c0, c1) => vjp(B, [u, v, p])[1]([c0, c1]));
  const sub = jit((a, b) => a.sub(b));
  return async (d0, u0, v0, target, steps) => {
    const its = [0, 0], tape = [];
    let d = d0.ref, u = u0.ref, v = v0.ref, it;
    for (let s = 0; s < steps; s++) {
      const [d1, u1, v1, rhs] = fA(d.ref, u.ref, v.ref);
      let p; [p, it] = await cg(rhs, 1e-3, n); its[0] += it;
      const [u2, v2] = fB(u1.ref, v1.ref, p.ref);
      tape.push([d, u, v, u1, v1, p]);
      d = d1; u = u2; v = v2;
    }
    if (!target) { tape.flat().forEach((t) => t.dispose()); return [await get(d), await get(u), await get(v), its]; }
    const diff = sub(d, target.ref), loss = 0.5 * (await get(np.square(diff.ref).sum()))[0];
    let gd = diff, gu = np.zerosLike(u), gv = np.zerosLike(v);
    for (let s = steps - 1; s >= 0; s--) {
      const [d, u, v, u1, v1, p] = tape[s];
      const [gu1, gv1, gp] = bB(u1, v1, p, gu, gv);
      let gb; [gb, it] = await cg(gp, 1e-3, n); its[1] += it;
      [gd, gu, gv] = bA(d, u, v, gd, gu1, gv1, gb);
    }
    gu.dispose(); gv.dispose();
    return [loss, await get(gd), its];
  };
}
{
  const n = 64, [u, v, d, t] = smokeInputs(n).map((a) => arr(a)), prog = smokeProgram(n);
  await bench("W9 smoke fwd 1 step", "CG 1e-3", () => prog(d, u, v, null, 1), (r) => ({ d: f(l2(r[0])), u: f(l2(r[1])), cg: r[3] }));
  await bench("W9 smoke grad 8 steps", "CG 1e-3, hand-chained vjps", () => prog(d, u, v, t, 8), (r) => ({ loss: f(r[0]), g: f(l2(r[1])), cg: r[2] }));
}
// W10
{
  const s = jit((x) => x.sum()), g = jit((x, i) => np.take(x, i)), idx = arr(indices(N1), undefined, { dtype: np.int32 });
  await bench("W10 sum1M", "jit", () => get(s(x1.ref)), (d) => f(d[0]));
  await bench("W10 gather1M", "jit", () => get(g(x1.ref, idx.ref)), (d) => f(l2(d)));
  const a = arr(rndf(65536, 9), [256, 256]), r2 = jit((a) => { const c = np.fft.rfft2(a); return [c.real, c.imag]; });
  await bench("W10 rfft2 256", "jit", () => all(r2(a.ref)), ([r, i]) => f(Math.hypot(l2(r), l2(i))));
}
process.exit(0);
