// TensorFlow.js, common set W1..W10. BENCH_BACKEND=cpu|wasm node w.mjs  (see ../README.md)
// The wasm backend runs with SIMD; it switches its threads off in Node by itself. Every result is read back (dataSync).
import { bench as _b, rndf, velocity, smokeInputs, rhs, l2, indices, BURGERS as BG } from "../common/harness.mjs";
const backend = process.env.BENCH_BACKEND ?? "cpu";
console.warn = () => {};
const tf = await import("@tensorflow/tfjs").then((m) => m.default ?? m);
if (backend === "wasm") {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm").then((m) => m.default ?? m);
  const { createRequire } = await import("node:module");
  const { dirname } = await import("node:path");
  setWasmPaths(dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm")) + "/");
}
await tf.setBackend(backend);
await tf.ready();
console.error(tf.getBackend(), "simd", await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT").catch(() => null), "threads", await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT").catch(() => null));
const P = "tfjs-" + backend;
const f = (x) => Math.round(x * 1e5) / 1e5;
const run = (fn) => () => {
  const out = tf.tidy(fn), list = Array.isArray(out) ? out : [out];
  const data = list.map((t) => t.dataSync());
  list.forEach((t) => t.dispose());
  return data;
};
const bench = (task, params, fn, check) => _b(P, task, params, fn, check, 1);
const N1 = 1e6, x1 = tf.tensor1d(rndf(N1, 1)), y1 = tf.tensor1d(rndf(N1, 2));
await bench("W1 chain", "1M", run(() => x1.mul(0.7).add(0.1).tanh().mul(x1).sub(y1)), ([d]) => f(l2(d)));

const K5 = tf.tensor4d([0, 1, 0, 1, -4, 1, 0, 1, 0], [3, 3, 1, 1]);
for (const n of [512, 64]) {
  const q = tf.tensor2d(rndf(n * n, 5), [n, n]);
  const wrap = (q) => {
    const r = tf.concat([q.slice([n - 1, 0], [1, n]), q, q.slice([0, 0], [1, n])], 0);
    return tf.concat([r.slice([0, n - 1], [n + 2, 1]), r, r.slice([0, 0], [n + 2, 1])], 1);
  };
  const S = (p, y, x) => p.slice([y, x], [n, n]);
  await bench("W2 lap" + n, "wrap + slices", run(() => { const p = wrap(q); return S(p, 0, 1).add(S(p, 2, 1)).add(S(p, 1, 0)).add(S(p, 1, 2)).sub(q.mul(4)); }), ([d]) => f(l2(d)));
  await bench("W2 lap" + n, "wrap + conv2d", run(() => tf.conv2d(wrap(q).reshape([1, n + 2, n + 2, 1]), K5, 1, "valid")), ([d]) => f(l2(d)));
}
{
  const [A, B] = [1, 2].map((s) => tf.tensor2d(rndf(512 * 512, s), [512, 512]));
  await bench("W3 matmul512", "", run(() => A.matMul(B)), ([d]) => f(l2(d)));
}
{
  const c = 32, nhwc = (a) => tf.tidy(() => tf.tensor4d(a, [1, c, 64, 64]).transpose([0, 2, 3, 1]));
  const X = nhwc(rndf(c * 4096, 1)), G = nhwc(rndf(c * 4096, 3));
  const W = tf.tidy(() => tf.tensor4d(rndf(c * c * 9, 2), [c, c, 3, 3]).transpose([2, 3, 1, 0]));
  await bench("W4 conv fwd", "NHWC", run(() => tf.conv2d(X, W, 1, "same")), ([d]) => f(l2(d)));
  const g = tf.grads((x, w) => tf.conv2d(x, w, 1, "same"));
  await bench("W4 conv fwd+bwd", "NHWC", run(() => g([X, W], G)), (d) => d.map((a) => f(l2(a))));
}
{
  const sizes = [2, 64, 64, 1], W = [], b = [];
  for (let i = 0; i < 3; i++) {
    W.push(tf.variable(tf.tensor2d(rndf(sizes[i] * sizes[i + 1], 10 + i, -0.3, 0.3), [sizes[i], sizes[i + 1]])));
    b.push(tf.variable(tf.zeros([sizes[i + 1]])));
  }
  const X = tf.tensor2d(rndf(2048, 20), [1024, 2]), Y = tf.tensor2d(rndf(1024, 21), [1024, 1]), opt = tf.train.adam(1e-3);
  let first = null;
  await bench("W5 mlp step", "train.adam", () => {
    const l = opt.minimize(() => {
      let h = X;
      for (let i = 0; i < 3; i++) { h = h.matMul(W[i]).add(b[i]); if (i < 2) h = h.tanh(); }
      return h.sub(Y).square().mean();
    }, true);
    const v = l.dataSync()[0]; l.dispose(); first ??= v; return v;
  }, () => ({ first_loss: f(first) }));
}
// W6
const grids = new Map();
const grid = (n) => {
  if (!grids.has(n)) {
    const y = new Float32Array(n * n), x = new Float32Array(n * n);
    for (let i = 0; i < n * n; i++) { y[i] = Math.floor(i / n); x[i] = i % n; }
    grids.set(n, [tf.keep(tf.tensor1d(y)), tf.keep(tf.tensor1d(x))]);
  }
  return grids.get(n);
};
// gather with a scatterND gradient (the built-in gradient of gather has no wasm kernel)
const gatherSc = tf.customGrad((q, idx, save) => {
  save([idx]);
  return { value: tf.gather(q, idx), gradFunc: (dy, [i]) => [tf.scatterND(i.expandDims(1), dy, [q.size]), tf.zerosLike(i).toFloat()] };
});
function advect(qs, u, v, n, gat) {
  const [gy, gx] = grid(n);
  const py = gy.sub(v), px = gx.sub(u), y0 = py.floor(), x0 = px.floor(), fy = py.sub(y0), fx = px.sub(x0);
  const wrap = (t) => t.add(n).mod(n);
  const iy = wrap(y0), ix = wrap(x0), jy = wrap(y0.add(1)), jx = wrap(x0.add(1));
  const idx = [iy.mul(n).add(ix), iy.mul(n).add(jx), jy.mul(n).add(ix), jy.mul(n).add(jx)].map((t) => t.toInt());
  const gfx = tf.sub(1, fx), gfy = tf.sub(1, fy);
  return qs.map((q) => {
    const a = gat(q, idx[0]).mul(gfx).add(gat(q, idx[1]).mul(fx)), b = gat(q, idx[2]).mul(gfx).add(gat(q, idx[3]).mul(fx));
    return a.mul(gfy).add(b.mul(fy));
  });
}
{
  const n = 256, [u, v] = velocity(n).map((a) => tf.tensor1d(a)), q = tf.tensor1d(rndf(n * n, 5)), G = tf.tensor1d(rndf(n * n, 6));
  await bench("W6 advect fwd", "gather", run(() => advect([q], u, v, n, tf.gather)[0]), ([d]) => f(l2(d)));
  for (const [lab, gat] of [["gather, built-in grad", (q, i) => tf.gather(q, i)], ["gather, scatterND customGrad", gatherSc]]) {
    // built-in on the cpu backend: unsortedSegmentSum compares all 65536 indices with every segment; one call did not end within two minutes
    if (backend === "cpu" && lab.includes("built-in")) continue;
    const g = tf.grads((q, u, v) => advect([q], u, v, n, gat)[0]);
    await bench("W6 advect fwd+bwd", lab, run(() => g([q, u, v], G)), (d) => d.map((a) => f(l2(a))));
  }
}
// W7: f32 only (no float64 in TensorFlow.js)
const K = tf.tensor4d([0, -1, 0, -1, 4, -1, 0, -1, 0], [3, 3, 1, 1]);
const lapConv = (p) => { const [a, b] = p.shape; return tf.conv2d(p.reshape([1, a, b, 1]), K, 1, "same").reshape([a, b]); };
const lapSlice = (p) => {
  const [a, b] = p.shape, q = tf.pad(p, [[1, 1], [1, 1]]);
  return p.mul(4).sub(q.slice([0, 1], [a, b])).sub(q.slice([2, 1], [a, b])).sub(q.slice([1, 0], [a, b])).sub(q.slice([1, 2], [a, b]));
};
const dot = (a, b) => tf.tidy(() => a.mul(b).sum().dataSync()[0]);
function cg(b, tol, lap) {
  let it = 0, x = tf.zerosLike(b), r = b.clone(), p = b.clone(), rs = dot(r, r);
  const stop = tol * tol * rs;
  while (rs > stop && it < 4000) {
    const Ap = tf.tidy(() => lap(p)), a = rs / dot(p, Ap);
    const nx = tf.tidy(() => x.add(p.mul(a))), nr = tf.tidy(() => r.sub(Ap.mul(a)));
    const rn = dot(nr, nr), np = tf.tidy(() => nr.add(p.mul(rn / rs)));
    tf.dispose([x, r, p, Ap]); x = nx; r = nr; p = np; rs = rn; it++;
  }
  tf.dispose([r, p]);
  return [x, it];
}
{
  const n = 128, b = tf.tensor2d(rhs(n), [n, n]);
  for (const [lab, lap] of [["slices", lapSlice], ["conv2d", lapConv]])
    await bench("W7 cg f32 1e-5", lab, () => { const [x, it] = cg(b, 1e-5, lap); const d = x.dataSync(); x.dispose(); return [d, it]; }, ([d, iters]) => ({ iters, norm: f(l2(d)) }));
}
// W8
{
  const { n, steps, c, k } = BG, u0 = tf.tensor1d(BG.u0), target = tf.tensor1d(BG.target);
  const up = (u) => tf.concat([u.slice(1), u.slice(0, 1)]), dn = (u) => tf.concat([u.slice(n - 1), u.slice(0, n - 1)]);
  const vg = tf.valueAndGrad((u) => {
    for (let s = 0; s < steps; s++) {
      const dp = up(u).sub(u), dm = dn(dp);
      u = u.sub(u.relu().mul(dm).sub(u.neg().relu().mul(dp)).mul(c)).add(dp.sub(dm).mul(k));
    }
    return u.sub(target).square().sum().mul(0.5);
  });
  await bench("W8 burgers grad", "", run(() => { const r = vg(u0); return [r.value, r.grad]; }), ([l, g]) => ({ loss: f(l[0]), g: f(l2(g)) }));
}
// W9
let its = [0, 0];
const implicit = (LAP) => tf.customGrad((b) => {
  const [x, it] = cg(b, 1e-3, LAP); its[0] += it;
  return { value: x, gradFunc: (dy) => { const [g, it] = cg(dy, 1e-3, LAP); its[1] += it; return g; } };
});
const dx = (p, n) => { const q = tf.pad(p, [[0, 0], [1, 1]]); return q.slice([0, 2], [n, n]).sub(q.slice([0, 0], [n, n])).mul(0.5); };
const dy = (p, n) => { const q = tf.pad(p, [[1, 1], [0, 0]]); return q.slice([2, 0], [n, n]).sub(q.slice([0, 0], [n, n])).mul(0.5); };
function smoke(d, u, v, n, steps, solve) {
  for (let s = 0; s < steps; s++) {
    [d, u, v] = advect([d, u, v], u, v, n, gatherSc);
    v = v.add(d.mul(0.1));
    const U = u.reshape([n, n]), V = v.reshape([n, n]);
    const p = solve(dx(U, n).add(dy(V, n)).neg());
    u = U.sub(dx(p, n)).reshape([n * n]); v = V.sub(dy(p, n)).reshape([n * n]);
  }
  return [d, u, v];
}
{
  const n = 64, [u, v, d, t] = smokeInputs(n).map((a) => tf.tensor1d(a));
  for (const [lab, LAP] of [["conv2d", lapConv], ["slices", lapSlice]]) {
    const solve = implicit(LAP);
    await bench("W9 smoke fwd 1 step", "implicit CG 1e-3 " + lab, () => { its = [0, 0]; return run(() => smoke(d, u, v, n, 1, solve))(); }, (r) => ({ d: f(l2(r[0])), u: f(l2(r[1])), cg: its }));
    const vg = tf.valueAndGrad((d) => smoke(d, u, v, n, 8, solve)[0].sub(t).square().sum().mul(0.5));
    await bench("W9 smoke grad 8 steps", "implicit CG 1e-3 " + lab, () => { its = [0, 0]; return run(() => { const r = vg(d); return [r.value, r.grad]; })(); }, (r) => ({ loss: f(r[0][0]), g: f(l2(r[1])), cg: its }));
  }
}
// W10
await bench("W10 sum1M", "", run(() => x1.sum()), ([d]) => f(d[0]));
{
  const idx = tf.tensor1d(indices(N1), "int32");
  await bench("W10 gather1M", "", run(() => tf.gather(x1, idx)), ([d]) => f(l2(d)));
  const a = tf.tensor2d(rndf(65536, 9), [256, 256]), T = (z) => tf.complex(tf.real(z).transpose(), tf.imag(z).transpose());
  await bench("W10 rfft2 256", "rfft + transposed fft", () => { const d = tf.tidy(() => { const c = T(tf.fft(T(tf.rfft(a)))); return [tf.real(c), tf.imag(c)]; }); const o = d.map((x) => x.dataSync()); tf.dispose(d); return o; }, ([r, i]) => f(Math.hypot(l2(r), l2(i))));
}
