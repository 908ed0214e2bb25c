"""PyTorch (CPU), common set W1..W10. BENCH_THREADS=1|2 /usr/bin/python3 w.py  (see ../README.md)
Install: apt-get install --no-install-recommends python3-torch libopenblas0-pthread"""
import os, sys
os.environ.setdefault("OMP_NUM_THREADS", os.environ.get("BENCH_THREADS", "1"))
os.environ.setdefault("OPENBLAS_NUM_THREADS", os.environ.get("BENCH_THREADS", "1"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "common"))
import numpy as np, torch
import torch.nn.functional as F
from harness import bench as _b, rndf, velocity, smoke_inputs, rhs, indices, BURGERS as BG, ONLY, THREADS
torch.set_num_threads(THREADS)
P = "torch"
bench = lambda *a, **k: _b(P, *a, **k)
T = torch.from_numpy
f = lambda x: round(float(x), 5)
grad = torch.autograd.grad

# W1
x, y = T(rndf((1_000_000,), 1)), T(rndf((1_000_000,), 2))
bench("W1 chain", "1M", lambda: torch.tanh(0.7 * x + 0.1) * x - y, lambda z: f(z.norm()))
bench("W1 chain", "1M in place", lambda: (0.7 * x).add_(0.1).tanh_().mul_(x).sub_(y), lambda z: f(z.norm()))

# W2
K = torch.tensor([[0., 1, 0], [1, -4, 1], [0, 1, 0]])[None, None]
for n in (512, 64):
    q = T(rndf((n, n), 5)); r = torch.empty_like(q)
    def sl():
        torch.mul(q, -4, out=r)
        r[1:] += q[:-1]; r[0] += q[-1]; r[:-1] += q[1:]; r[-1] += q[0]
        r[:, 1:] += q[:, :-1]; r[:, 0] += q[:, -1]; r[:, :-1] += q[:, 1:]; r[:, -1] += q[:, 0]
        return r
    def pad():
        p = F.pad(q[None, None], (1, 1, 1, 1), mode="circular")[0, 0]
        return p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4 * q
    with torch.no_grad():
        bench(f"W2 lap{n}", "roll", lambda: torch.roll(q, 1, 0) + torch.roll(q, -1, 0) + torch.roll(q, 1, 1) + torch.roll(q, -1, 1) - 4 * q, lambda z: f(z.norm()))
        bench(f"W2 lap{n}", "slices in place", sl, lambda z: f(z.norm()))
        bench(f"W2 lap{n}", "pad + slices", pad, lambda z: f(z.norm()))
        bench(f"W2 lap{n}", "pad + conv2d", lambda: F.conv2d(F.pad(q[None, None], (1, 1, 1, 1), mode="circular"), K), lambda z: f(z.norm()))

# W3
A, B = T(rndf((512, 512), 1)), T(rndf((512, 512), 2))
bench("W3 matmul512", "", lambda: A @ B, lambda z: f(z.norm()))

# W4
C, n = 32, 64
X, W, G = T(rndf((1, C, n, n), 1)), T(rndf((C, C, 3, 3), 2)), T(rndf((1, C, n, n), 3))
bench("W4 conv fwd", "oneDNN", lambda: F.conv2d(X, W, padding=1), lambda z: f(z.norm()))
Xg, Wg = X.clone().requires_grad_(), W.clone().requires_grad_()
bench("W4 conv fwd+bwd", "oneDNN", lambda: grad(F.conv2d(Xg, Wg, padding=1), (Xg, Wg), G), lambda z: [f(a.norm()) for a in z])

# W5
sizes = (2, 64, 64, 1)
Xm, Ym = T(rndf((1024, 2), 20)), T(rndf((1024, 1), 21))
for lab, kw in (("Adam", {}), ("Adam foreach", dict(foreach=True))):
    net = torch.nn.Sequential(torch.nn.Linear(2, 64), torch.nn.Tanh(), torch.nn.Linear(64, 64), torch.nn.Tanh(), torch.nn.Linear(64, 1))
    with torch.no_grad():
        for i, l in enumerate([net[0], net[2], net[4]]):
            l.weight.copy_(T(rndf((sizes[i], sizes[i + 1]), 10 + i, -0.3, 0.3)).T); l.bias.zero_()
    opt = torch.optim.Adam(net.parameters(), lr=1e-3, **kw); first = []
    def mlp():
        opt.zero_grad(set_to_none=True)
        loss = ((net(Xm) - Ym) ** 2).mean(); loss.backward(); opt.step(); first.append(loss) if not first else None; return loss
    bench("W5 mlp step", lab, mlp, lambda l: dict(first_loss=f(first[0])))

# W6
_grid = {}
def grid(n):
    if n not in _grid:
        a, b = torch.meshgrid(torch.arange(n, dtype=torch.float32), torch.arange(n, dtype=torch.float32), indexing="ij")
        _grid[n] = (a.contiguous(), b.contiguous())
    return _grid[n]
def advect(qs, u, v):
    n = u.shape[0]; gy, gx = grid(n)
    py, px = gy - v, gx - u
    y0, x0 = torch.floor(py.detach()), torch.floor(px.detach())
    fy, fx = py - y0, px - x0
    iy, ix = y0.long() % n, x0.long() % n
    jy, jx = (iy + 1) % n, (ix + 1) % n
    i00, i01, i10, i11 = iy * n + ix, iy * n + jx, jy * n + ix, jy * n + jx
    out = []
    for q in qs:
        q = q.reshape(-1)
        a = torch.lerp(q[i00], q[i01], fx); b = torch.lerp(q[i10], q[i11], fx)
        out.append(torch.lerp(a, b, fy))
    return out
def advect_gs(qs, u, v):
    """Same through grid_sample on a 4-cell periodic margin (fastest built-in way; displacement must stay under 4 cells)."""
    n = u.shape[0]; gy, gx = grid(n); m = 4
    qp = F.pad(torch.stack(qs)[None], (m, m, m, m), mode="circular")
    s = 2.0 / (n + 2 * m - 1)
    g = torch.stack(((gx - u + m) * s - 1, (gy - v + m) * s - 1), -1)[None]
    return F.grid_sample(qp, g, mode="bilinear", align_corners=True)[0].unbind(0)
n = 256
u, v = map(T, velocity(n)); q = T(rndf((n, n), 5)); G = T(rndf((n, n), 6))
ug, vg, qg = u.clone().requires_grad_(), v.clone().requires_grad_(), q.clone().requires_grad_()
for lab, fn in (("gather", advect), ("grid_sample", advect_gs)):
    bench("W6 advect fwd", lab, lambda: fn([q], u, v)[0], lambda z: f(z.norm()))
    bench("W6 advect fwd+bwd", lab, lambda: grad(fn([qg], ug, vg)[0], (qg, ug, vg), G), lambda z: [f(a.norm()) for a in z])

# W7
def lap(p):
    r = 4 * p
    r[1:] -= p[:-1]; r[:-1] -= p[1:]; r[:, 1:] -= p[:, :-1]; r[:, :-1] -= p[:, 1:]
    return r
K4 = {t: -K.to(t) for t in (torch.float32, torch.float64)}
def lapc(p): return F.conv2d(p[None, None], K4[p.dtype], padding=1)[0, 0]
def cg(b, tol, maxit=4000, lap=lap):
    x = torch.zeros_like(b); r = b.clone(); p = r.clone(); rs = torch.dot(r.view(-1), r.view(-1)).item(); stop = tol * tol * rs
    it = 0
    while rs > stop and it < maxit:
        Ap = lap(p); a = rs / torch.dot(p.view(-1), Ap.view(-1)).item()
        x.add_(p, alpha=a); r.add_(Ap, alpha=-a)
        rn = torch.dot(r.view(-1), r.view(-1)).item(); p.mul_(rn / rs).add_(r); rs = rn; it += 1
    return x, it
n = 128; b = T(rhs(n)); b32 = b.float()
with torch.no_grad():
    for B, lab, tol in ((b32, "W7 cg f32 1e-5", 1e-5), (b, "W7 cg f64 1e-8", 1e-8)):
        for var, L in (("slices", lap), ("conv2d", lapc)):
            bench(lab, "matrix-free " + var, lambda: cg(B, tol, lap=L), lambda r: dict(iters=r[1], norm=f(r[0].norm()), rel=float(f"{(lap(r[0].double()) - b).norm() / b.norm():.2e}")))

# W8
u0, tgt1 = T(BG.u0).requires_grad_(), T(BG.target)
def burgers():
    c, k = BG.c, BG.k; u = u0
    for _ in range(BG.steps):
        dp = torch.roll(u, -1) - u; dm = torch.roll(dp, 1)
        u = u - c * (u.clamp(min=0) * dm + u.clamp(max=0) * dp) + k * (dp - dm)
    loss = 0.5 * ((u - tgt1) ** 2).sum(); return loss, grad(loss, u0)[0]
bench("W8 burgers grad", "eager", burgers, lambda r: dict(loss=f(r[0]), g=f(r[1].norm())))

# W9
its = [0, 0]
class Solve(torch.autograd.Function):
    @staticmethod
    def forward(ctx, b): x, it = cg(b, 1e-3); its[0] += it; return x
    @staticmethod
    def backward(ctx, g): x, it = cg(g.contiguous(), 1e-3); its[1] += it; return x
def cg50(b):
    x = torch.zeros_like(b); r = p = b; rs = (r * r).sum()
    for _ in range(50):
        q = F.pad(p, (1, 1, 1, 1)); Ap = 4 * p - q[:-2, 1:-1] - q[2:, 1:-1] - q[1:-1, :-2] - q[1:-1, 2:]
        a = rs / (p * Ap).sum(); x = x + a * p; r = r - a * Ap; rn = (r * r).sum(); p = r + (rn / rs) * p; rs = rn
    return x
def dx(p): return 0.5 * (F.pad(p, (0, 1))[:, 1:] - F.pad(p, (1, 0))[:, :-1])
def dy(p): return 0.5 * (F.pad(p, (0, 0, 0, 1))[1:] - F.pad(p, (0, 0, 1, 0))[:-1])
def smoke(d, u, v, steps, solve):
    for _ in range(steps):
        d, u, v = advect([d, u, v], u, v)
        v = v + 0.1 * d
        p = solve(-(dx(u) + dy(v)))
        u = u - dx(p); v = v - dy(p)
    return d, u, v
u0s, v0s, d0s, tgt = map(T, smoke_inputs(64)); d0s.requires_grad_()
for w, lab, S in (("W9", "implicit CG 1e-3", Solve.apply), ("W9b", "50 unrolled CG", cg50)): # W9b is less work forward: own row
    def fwd():
        its[:] = [0, 0]
        with torch.no_grad(): return smoke(d0s, u0s, v0s, 1, S)
    bench(w + " smoke fwd 1 step", lab, fwd, lambda r: dict(d=f(r[0].norm()), u=f(r[1].norm()), cg=list(its)))
    def sg():
        its[:] = [0, 0]; loss = 0.5 * ((smoke(d0s, u0s, v0s, 8, S)[0] - tgt) ** 2).sum(); return loss, grad(loss, d0s)[0]
    bench(w + " smoke grad 8 steps", lab, sg, lambda r: dict(loss=f(r[0]), g=f(r[1].norm()), cg=list(its)))

# W10
bench("W10 sum1M", "", lambda: x.sum().item(), f)
idx = T(indices(1_000_000))
bench("W10 gather1M", "fancy index", lambda: x[idx], lambda z: f(z.norm()))
bench("W10 gather1M", "index_select", lambda: torch.index_select(x, 0, idx), lambda z: f(z.norm()))
a = T(rndf((256, 256), 9))
bench("W10 rfft2 256", "", lambda: torch.fft.rfft2(a), lambda z: f(z.abs().norm()))
ac = a.to(torch.complex64)
bench("W10 fft2 256", "c64", lambda: torch.fft.fft2(ac), lambda z: f(z.abs().norm()))

# The main job, whose program reads its settings from the arguments.
if not ONLY or any("main job".startswith(o) for o in ONLY):
    import os, runpy, sys
    sys.argv = ["smoke_control.py", "16", "120", "0.1", "heart", "mac"]
    runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "smoke_control.py"))
