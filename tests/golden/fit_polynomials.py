# SPDX-License-Identifier: BSL-1.0
"""The polynomials of kernel/host/pack_math.hpp, and that of core/math.hpp: least squares on Chebyshev points, reweighted until the largest relative error is least (Lawson).
Coefficients are rounded to float one by one from the lowest order, the rest fitted again each time. Prints the error left, in units of 2^-24.

    python3 tests/golden/fit_polynomials.py
"""
import math
import struct


def f32(x): return struct.unpack('f', struct.pack('f', x))[0]
def lsq(rows, rhs, w):
    m, n = len(rows), len(rows[0])
    A=[[rows[i][j]*w[i] for j in range(n)] for i in range(m)]; b=[rhs[i]*w[i] for i in range(m)]
    # Householder
    for k in range(n):
        s=math.sqrt(sum(A[i][k]**2 for i in range(k,m)))
        if A[k][k]>0: s=-s
        v=[A[i][k] for i in range(k,m)]; v[0]-=s
        vv=sum(t*t for t in v)
        for j in range(k,n):
            d=2*sum(v[i]*A[k+i][j] for i in range(m-k))/vv
            for i in range(m-k): A[k+i][j]-=d*v[i]
        d=2*sum(v[i]*b[k+i] for i in range(m-k))/vv
        for i in range(m-k): b[k+i]-=d*v[i]
    x=[0]*n
    for k in reversed(range(n)):
        x[k]=(b[k]-sum(A[k][j]*x[j] for j in range(k+1,n)))/A[k][k]
    return x
def fit(lo,hi,basis,target,weight,name,N=241,iters=60,skip0=1e-4):
    xs=[(lo+hi)/2+(hi-lo)/2*math.cos(math.pi*(i+.5)/N) for i in range(N)]
    xs=[x for x in xs if abs(x)>skip0]
    full_rows=[[b(x) for b in basis] for x in xs]; full_rhs=[target(x) for x in xs]; wt=[weight(x) for x in xs]
    fixed={}
    # round coefficients one by one from the lowest order, refitting the rest
    for step in range(len(basis)):
        free=[j for j in range(len(basis)) if j not in fixed]
        rows=[[r[j] for j in free] for r in full_rows]
        rhs=[full_rhs[i]-sum(full_rows[i][j]*c for j,c in fixed.items()) for i in range(len(xs))]
        lam=[1.0]*len(xs)
        for it in range(iters):
            c=lsq(rows,rhs,[w*math.sqrt(l) for w,l in zip(wt,lam)])
            e=[abs(sum(r[j]*c[j] for j in range(len(c)))-t)*w for r,t,w in zip(rows,rhs,wt)]
            lam=[l*(x+1e-30) for l,x in zip(lam,e)]; s=sum(lam); lam=[l/s*len(lam) for l in lam]
        fixed[free[0]]=f32(c[0])
    out=[fixed[j] for j in range(len(basis))]
    err=max(abs(sum(r[j]*out[j] for j in range(len(out)))-t)*w for r,t,w in zip(full_rows,full_rhs,wt))
    print(name,'max error (ulp of 2^-24):',err*2**24, [ '%.9ef'%c for c in out],flush=True)


def power(k):
    return lambda x: x**k


L = 0.3470  # a little more than ln(2) / 2
fit(-L, L, [power(k) for k in range(2, 8)], lambda x: math.expm1(x) - x, lambda x: 1 / abs(math.expm1(x)), 'exp: e^x - 1 = x + x^2 q(x)')
fit(math.sqrt(.5) - 1, math.sqrt(2) - 1, [power(k) for k in range(3, 12)], lambda x: math.log1p(x) - x + x * x / 2, lambda x: 1 / abs(math.log1p(x)),
    'log: log(1 + x) = x - x^2/2 + x^3 q(x)', skip0=1e-2)
fit(1e-3, 0.63, [power(2 * k + 3) for k in range(5)], lambda x: math.tanh(x) - x, lambda x: 1 / math.tanh(x), 'tanh: x + x^3 q(x^2)', skip0=1e-2)
fit(1e-2, 0.93, [power(2 * k + 1) for k in range(6)], lambda x: math.erf(x) - x, lambda x: 1 / math.erf(x), 'erf, small: x + x q(x^2)', skip0=1e-2)
fit(0.91, 4.1, [power(k) for k in range(1, 7)], lambda x: math.log(math.erfc(x)) + x, lambda x: math.erfc(x) / math.erf(x),
    'erf, large: log erfc(x) = -x + x r(x)')


def allowed(x):  # of itself, of what lies below -x: 1e-7 of 1, and 3e-6 of itself or, far out, of its exponent
    return min(1e-7 / (0.5 * math.erfc(x * math.sqrt(.5))), 3e-6 * max(1, x * x / 16))


fit(0, 6.5, [power(k) for k in range(1, 11)], lambda x: math.log2(0.5 * math.erfc(x * math.sqrt(.5))) + 1, lambda x: math.log(2) * 1e-7 / allowed(x),
    'normal_cdf: log2 of what lies below -x = -1 + q(x)')
