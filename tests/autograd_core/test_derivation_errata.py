"""The errata of the notes as derivations: the print is wrong, the correction right.

A row is (id, definitions, what is printed, what is right). Ids are those of the
notes' catalogue; a letter after one tells apart several misprints of one entry.
Entries whose remark is no formula are listed with the reason, so that the count of
all entries with a remark adds up.
"""

import re
from typing import NamedTuple

import pytest

from autograd_core import ExpressionError, check_derivation


class Row(NamedTuple):
    """One erratum: its id, definitions, the printed lines and the right ones."""

    id: str
    given: str
    printed: str
    right: str


SOFTMAX = "a[i] = exp(z[i]) / sum(k, 1..3, exp(z[k])) for i in 1..3\n"
ONE_HOT = "y[3] = 1 - y[1] - y[2]\n"
CE = SOFTMAX + ONE_HOT + "L = -sum(j, 1..3, y[j]*ln(a[j]))\n"
BCE = "sum(j, 1..3, y[j]*ln(a[j]) + (1 - y[j])*ln(1 - a[j]))\n"
SCORES = "z[i] = sum(j, 1..2, T[i,j]*h[j]) for i in 1..3\n"
NETWORK = (
    "h[j] = sigmoid(u[j]) for j in 1..2\n" + SCORES + CE  # hidden units, then scores
)
LINE = "E = (m + b - 2)^2 + (2*m + b - 5)^2 + (3*m + b - 3)^2\n"  # the notes' points
SURFACE = "T = 85 - x^2*(x - 6)*y^2*(y - 6)/90\n"
QUARTIC = "f = x^4 + 0.8*y^4 + 4*x^2 + 2*y^2 - x*y - 0.2*x^2*y\n"
DEPTH_2 = """z1 = x1*w11 + x2*w21 + b1
a1 = sigmoid(z1)
z2 = x1*w12 + x2*w22 + b2
a2 = sigmoid(z2)
z = a1*w1 + a2*w2 + b
yhat = sigmoid(z)
L = -y*ln(yhat) - (1 - y)*ln(1 - yhat)
"""
THREE_LAYERS = """a1 = sigmoid(w1*x + b1)
a2 = sigmoid(w2*a1 + b2)
a3 = sigmoid(w3*a2 + b3)
L = -y*ln(a3) - (1 - y)*ln(1 - a3)
"""
SIGMOIDS = "p[i] = sigmoid(a + b*x[i]) for i in 1..2\n"
BINARY = SIGMOIDS + "C = -sum(i, 1..2, y[i]*ln(p[i]) + (1 - y[i])*ln(1 - p[i]))\n"
RSS = "J = sum(i, 1..3, (y[i] - a - x[i]*b)^2)\n"

ROWS = [
    # -- the drafts on gradient descent, and the notes on softmax and Adam
    Row(
        "E06",
        "E = sum(k, 1..2, l[k])/2",
        "E = sum(k, 1..2, l[k])",
        "E = (l[1] + l[2])/2",
    ),
    Row(
        "E08",
        "L = -" + BCE,
        "L = -sum(j, 1..3, y[j]*ln(a[j])) + sum(j, 1..3, (1 - y[j])*ln(1 - a[j]))",
        "L = -sum(j, 1..3, y[j]*ln(a[j])) - sum(j, 1..3, (1 - y[j])*ln(1 - a[j]))",
    ),
    Row(
        "E09",
        SOFTMAX + "L = -" + BCE,
        "dL/dz[i] = a[i] - y[i] for i in 1..3",
        "dL/dz[i] = (a[i] - y[i])/(1 - a[i]) - a[i]*sum(j, 1..3, (a[j] - y[j])/"
        "(1 - a[j])) for i in 1..3",
    ),
    Row(
        "E11",
        "z[i] = sum(j, 1..2, T[i,j]*x[j]) for i in 1..2",
        "z[i] = sum(j, 1..2, x[j]*T[j,i]) for i in 1..2",
        "z[i] = T[i,1]*x[1] + T[i,2]*x[2] for i in 1..2",
    ),
    Row(
        "E15",
        SCORES + SOFTMAX + "E = -" + BCE,
        "dE/dT[i,j] = E for i in 1..3, j in 1..2",
        "dE/dT[i,j] = ((a[i] - y[i])/(1 - a[i]) - a[i]*sum(k, 1..3, (a[k] - y[k])/"
        "(1 - a[k])))*h[j] for i in 1..3, j in 1..2",
    ),
    Row("E17", SOFTMAX, "da[1]/dz[2] = 0", "da[1]/dz[2] = -a[1]*a[2]"),
    Row(
        "E18",
        SCORES,
        "dz[k]/dT[1,2] = h[k] for k in 1..2",
        "dz[1]/dT[1,2] = h[2]\ndz[2]/dT[1,2] = 0",
    ),
    Row(
        "E19",
        "h = sigmoid(u*x)\na = sigmoid(v*h)\nE = -y*ln(a) - (1 - y)*ln(1 - a)",
        "dE/du = E",
        "dE/du = (a - y)*v*h*(1 - h)*x",
    ),
    Row(
        "E22",
        "l[k] = (w*x[k] - y[k])^2 for k in 1..2\nE = (l[1] + l[2])/2",
        "dl[1]/dw = sum(k, 1..2, (w*x[k] - y[k])*x[k])",
        "dl[1]/dw = 2*(w*x[1] - y[1])*x[1]\ndE/dw = sum(k, 1..2, (w*x[k] - y[k])*x[k])",
    ),
    Row(
        "E23",
        CE,
        "dL/dz[i] = -y[i]*(1 - a[i]) for i in 1..3",
        "dL/dz[i] = a[i] - y[i] for i in 1..3",
    ),
    Row(
        "E25",
        "L = -sum(j, 1..3, y[j]*ln(a[j]))",
        "dL/da[i] = -1/a[i] for i in 1..3",
        "dL/da[i] = -y[i]/a[i] for i in 1..3",
    ),
    Row("E26", "f = ln(a)", "df/da = 1/(a*ln(10))", "df/da = 1/a"),
    Row(
        "E27",
        SOFTMAX,
        "a[i] = exp(z[i])/sum(k, 1..2, exp(z[k])) for i in 1..3",
        "a[i] = exp(z[i])/(exp(z[1]) + exp(z[2]) + exp(z[3])) for i in 1..3",
    ),
    Row(
        "E28",
        SOFTMAX,
        "da[i]/dz[i] = 1/3 - 1/9 for i in 1..3",
        "da[i]/dz[i] = a[i]*(1 - a[i]) for i in 1..3",
    ),
    Row(
        "E29",
        SOFTMAX,
        "da[i]/dz[1] = 0 for i in 2..3",
        "da[i]/dz[1] = -a[i]*a[1] for i in 2..3",
    ),
    Row(
        "E30",
        SCORES + CE,
        "dL/dT[i,j] = (a[i] - 1)*h[j] for i in 1..3, j in 1..2",
        "dL/dT[i,j] = (a[i] - y[i])*h[j] for i in 1..3, j in 1..2",
    ),
    Row(
        "E31",
        "a[k,i] = exp(T[i]*h[k])/sum(c, 1..2, exp(T[c]*h[k])) for k in 1..2, i in 1..2"
        "\n"
        "y[k,2] = 1 - y[k,1] for k in 1..2\n"
        "E = -sum(k, 1..2, sum(i, 1..2, y[k,i]*ln(a[k,i])))/2",
        "dE/dT[i] = sum(k, 1..2, (a[k,i] - 1)*h[k])/2 for i in 1..2",
        "dE/dT[i] = sum(k, 1..2, (a[k,i] - y[k,i])*h[k])/2 for i in 1..2",
    ),
    Row(
        "E33",
        NETWORK,
        "dL/dh[j] = sum(k, 1..3, -y[k]/a[k]*a[k]*(1 - a[k])*T[k,j]) for j in 1..2",
        "dL/dh[j] = sum(k, 1..3, (a[k] - y[k])*T[k,j]) for j in 1..2",
    ),
    Row(
        "E34",
        NETWORK,
        "dL/du[j] = a[j] - y[j] for j in 1..2",
        "dL/du[j] = sum(k, 1..3, (a[k] - y[k])*T[k,j])*h[j]*(1 - h[j]) for j in 1..2",
    ),
    Row(
        "E35",
        "g = sigmoid(z)",
        "g = 1/(1 + e^z)\ndg/dz = -e^z/(1 + e^z)^2",
        "g = 1/(1 + e^(-z))\ndg/dz = g*(1 - g)",
    ),
    Row(
        "E40",
        CE,
        "dL/dz[k] = y[k] - a[k] for k in 1..3",
        "dL/dz[k] = -(y[k] - a[k]) for k in 1..3",
    ),
    Row("E42", "p = e^s/(e^0 + e^s)", "p = e^s", "p = sigmoid(s)"),
    Row(
        "E46",
        "X = x + t*u\nY = y + t*v\ng = X^2*Y",
        "d2g/dt^2 = u^2*(2*Y*u + 2*X*v) + v^2*(2*X*u)",
        "d2g/dt^2 = u*(2*Y*u + 2*X*v) + v*(2*X*u)",
    ),
    Row(
        "E48",
        "g = sum(i, 1..2, l[i])/2\nfull = sum(i, 1..4, l[i])/4",
        "g = sum(i, 1..4, l[i])/2",
        "g = (l[1] + l[2])/2",
    ),
    Row(
        "E49",
        "v1 = (1 - c)*g\nv2 = c*v1 + (1 - c)*g\nv = v2/(1 - c^2)",
        "v = v2/(1 - c)",
        "v = g for 0 < c < 1",
    ),
    # -- the handwritten notes on calculus
    Row(
        "N02",
        "z = 0*ya + 2*na\nscore = 0*w1 + 2*w2 + b",
        "score = 2*w1 + 2*w2 + b",
        "score = 2*w2 + b",
    ),
    Row(
        "N04",
        "x = t^3 - 2*t\nq = ((t + h)^3 - 2*(t + h) - x)/h",
        "dx/dt = q",
        "dx/dt = 3*t^2 - 2\nq = 3*t^2 - 2 + 3*t*h + h^2",
    ),
    Row("N14", "g = sqrt(y)", "dg/dy = 1/(2*y)", "dg/dy = 1/(2*sqrt(y))"),
    Row(
        "N17",
        "",
        "(1 + 1/10)^10 = 2.592\n(1 + 1/100)^100 = 2.712",
        "(1 + 1/10)^10 = 2.5937424601",
    ),
    Row(
        "N23",
        "f = c*2*x",
        "df/dx = c*2*x  # f = c*g' and f' = c*g', with g = x^2",
        "df/dx = 2*c",
    ),
    Row(
        "N25",
        "f = x*e^x",
        "df/dx = x*e^x + x*e^x",
        "df/dx = e^x + x*e^x",
    ),
    Row(
        "N30",
        "C = (x - a)^2 + (x - b)^2 + (x - c)^2",
        "dC/dx = 2*x - a + 2*x - 2*b + 2*x - 2*c",
        "dC/dx = 2*x - 2*a + 2*x - 2*b + 2*x - 2*c",
    ),
    Row(
        "N32a",
        "g = P^7*(1 - P)^3",
        "dg/dP = 7*P^6*(1 - P)^3 + P^7*3*(1 - P)*(-1)",
        "dg/dP = 7*P^6*(1 - P)^3 + P^7*3*(1 - P)^2*(-1)",
    ),
    Row(
        "N32b",
        "g = P^7*(1 - P)^3",
        "dg/dP = P^6/(1 - P)^2/(7 - 10*P)",
        "dg/dP = P^6*(1 - P)^2*(7 - 10*P)",
    ),
    Row(
        "N33",
        "G = ln(P^7*(1 - P)^3)",
        "G = 0",
        "dG/dP = 7/P - 3/(1 - P)\n = (7*(1 - P) - 3*P)/(P*(1 - P))",
    ),
    Row(
        "N40",
        SURFACE,
        "T = 85 - x^2*(3*x - 12)*y^2*(y - 6)/90",
        "dT/dx = -x*(3*x - 12)*y^2*(y - 6)/90\ndT/dy = -x^2*(x - 6)*y*(3*y - 12)/90",
    ),
    Row(
        "N41a",
        LINE,
        "E = 14*m^2 + 3*b^2 + 38 + 12*m*b - 92*m - 20*b\ndE/dm = 28*m + 12*b - 92",
        "E = 14*m^2 + 3*b^2 + 38 + 12*m*b - 42*m - 20*b\ndE/dm = 28*m + 12*b - 42",
    ),
    Row(
        "N41b",
        LINE,
        "E = 10*m^2 + 3*b^2 + 38 + 12*m*b - 92*m - 2*b",
        "dE/db = 6*b + 12*m - 20",
    ),
    Row(
        "N45",
        "f = e^x - ln(x)",
        "f = e^(-ln(x))\ndf/dx = e^(-1/x)",
        "df/dx = e^x - 1/x",
    ),
    Row(
        "N47a",
        "x = 0.5\ny = 0.6\n" + SURFACE,
        "dT/dx = -0.2134",
        "dT/dx = -0.1134\ndT/dy = -0.0935",
    ),
    Row(
        "N47b",
        SURFACE,
        "dT/dx = -x*(3*x - 72)*y^2*(y - 6)/90\ndT/dy = -x^2*(x - 6)*y*(8*y - 72)/90",
        "dT/dx = -x*(3*x - 12)*y^2*(y - 6)/90\ndT/dy = -x^2*(x - 6)*y*(3*y - 12)/90",
    ),
    Row("N48", LINE, "dE/dm = 28*m + 72*b - 92", "dE/dm = 28*m + 12*b - 42"),
    Row(
        "N54",
        "s = 1/(1 + e^(-z))",
        "ds/dz = -(1 + e^(-z))^(-3)*e^(-z)*(-1)",
        "ds/dz = -(1 + e^(-z))^(-2)*e^(-z)*(-1)\n = 1/(1 + e^(-z)) - 1/(1 + e^(-z))^2",
    ),
    Row(
        "N56",
        "L = -y*ln(yhat) - (1 - y)*ln(1 - yhat)",
        "L = -yhat*ln(yhat) - (1 - yhat)*ln(1 - yhat)",
        "dL/dyhat = (-y + y*yhat + yhat - y*yhat)/(yhat*(1 - yhat))",
    ),
    Row(
        "N57",
        "yhat = sigmoid(w1*x1 + w2*x2 + b)\nL = -y*ln(yhat) - (1 - y)*ln(1 - yhat)",
        "dy/db = yhat*(1 - yhat)",
        "dyhat/db = yhat*(1 - yhat)",
    ),
    Row(
        "N60",
        DEPTH_2 + "new = w11 - alpha*(-x1*w1*a1*(1 - a1)*(y - yhat))",
        "new = w11 - alpha - x1*w1*a1*(1 - a1)*(y - yhat)",
        "new = w11 + alpha*x1*w1*a1*(1 - a1)*(y - yhat)\n"
        "dL/dw11 = -x1*w1*a1*(1 - a1)*(y - yhat)",
    ),
    Row(
        "N61",
        DEPTH_2,
        "dL/dw12 = -x2*w1*a1*(1 - a1)*(y - yhat)\n"
        "dL/dw21 = -x1*w2*a2*(1 - a2)*(y - yhat)",
        "dL/dw12 = -x1*w2*a2*(1 - a2)*(y - yhat)\n"
        "dL/dw21 = -x2*w1*a1*(1 - a1)*(y - yhat)",
    ),
    Row("N63a", THREE_LAYERS, "dL/dw3 = w3*(a3 - y)", "dL/dw3 = a2*(a3 - y)"),
    Row(
        "N63b",
        THREE_LAYERS,
        "dL/db2 = (a3 - y)*w3*a2*(1 - a2)*a1",
        "dL/db2 = (a3 - y)*w3*a2*(1 - a2)",
    ),
    Row(
        "N63c",
        THREE_LAYERS,
        "dL/da1 = (a3 - y)*w3*a2*(1 - a2)*w2*a1*(1 - a1)*x",
        "dL/dw1 = (a3 - y)*w3*a2*(1 - a2)*w2*a1*(1 - a1)*x",
    ),
    Row(
        "N71a",
        "d = (4 - l)*(6 - l) - 1",
        "d = (4 - 1)*(6 - 1) - 1\nd = 12 - 10/1 + 23",
        "d = l^2 - 10*l + 23",
    ),
    Row(
        "N71b",
        "l = 5 + sqrt(2)",
        "l = 6.447",
        "(4 - l)*(6 - l) - 1 = 0",
    ),
    Row(
        "N72a",
        "d = (-4 - l)*(-6 - l) - 1",
        "d = (-4 - 1)*(-6 - 1) - 1",
        "d = l^2 + 10*l + 23",
    ),
    Row(
        "N72b",
        "f = -2*x^2 - 3*y^2 - x*y + 15",
        "df/dx = -4*x",
        "df/dx = -4*x - y",
    ),
    Row("N73", "d = (4 - l)*(-4 - l)", "d = (4 - l)*(4 - l)", "d = l^2 - 16"),
    Row(
        "N75",
        QUARTIC,
        "f = x^4 + 0.9*y^4 + 4*x^2 + 2*y^2 - x*y - 0.2*x^2*y\nd2f/dy^2 = 10.8*y^2 + 4",
        "df/dy = 3.2*y^3 + 4*y - x - 0.2*x^2\nd2f/dy^2 = 9.6*y^2 + 4\n"
        "d2f/(dx dy) = -1 - 0.4*x",
    ),
    Row(
        "N76a",
        "x = 2.58\ny = 2.62\n" + QUARTIC,
        "df/dx = 89.29\ndf/dy = 63.9\nd2f/dy^2 = 69.39",
        "df/dx = 84.010208\ndf/dy = 64.1198496\nd2f/dy^2 = 69.89824",
    ),
    Row(
        "N76b",
        "move = (c*g - b*h)/(a*c - b^2)\nnew = x - move",
        "new = (c*g - b*h)/(a*c - b^2)",
        "new = x - (c*g - b*h)/(a*c - b^2)",
    ),
    # -- the slides
    Row(
        "S02",
        "MSE = sum(i, 1..3, (y[i] - a - x[i]*b)^2)/3",
        "MSE = sum(i, 1..3, (y[i] - a - x[i]*b)^2)",
        "dMSE/da = -2*sum(i, 1..3, y[i] - a - x[i]*b)/3",
    ),
    Row(
        "S05",
        "q = sum(i, 1..2, sum(j, 1..2, t[i]*A[i,j]*t[j]))",
        "dq/dt[i] = 2*sum(j, 1..2, A[j,i]*t[j]) for i in 1..2",
        "dq/dt[i] = sum(j, 1..2, (A[i,j] + A[j,i])*t[j]) for i in 1..2",
    ),
    Row(
        "S09",
        "N = exp(-q/2)/((2*pi)^(d/2)*sqrt(D))",
        "N = exp(-q/2)/((2*pi)^d/2*sqrt(D))",
        "ln(N) = -q/2 - d/2*ln(2*pi) - ln(D)/2",
    ),
    Row(
        "S12a",
        RSS + "p = (2*pi*s^2)^(-3/2)*exp(-J/(2*s^2)) for s > 0",
        "p = (2*pi*s)^(-3/2)*exp(-J/(2*s^2))",
        "dp/da = p*sum(i, 1..3, y[i] - a - x[i]*b)/s^2",
    ),
    Row(
        "S12b",
        RSS + "p = (2*pi*s^2)^(-3/2)*exp(-J/(2*s^2)) for s > 0",
        "p = (2*pi*s^2)^(-3/2)*exp(-J)",
        "ln(p) = -3/2*ln(2*pi*s^2) - J/(2*s^2)",
    ),
    Row(
        "S13",
        "p = (2*pi*s^2)^(-1/2)*exp(-(y - a - x*b)^2/(2*s^2)) for s > 0",
        "p = (2*pi*s)^(-1/2)*exp(-(y - a - x*b)^2/(2*s^2))",
        "dp/db = p*(y - a - x*b)*x/s^2",
    ),
    Row("S21", "H = ln((2*pi*e)^2*D)/2", "dH/dD = H/D", "dH/dD = 1/(2*D)"),
    Row(
        "S25",
        "n = abs(t1) + abs(t2)",
        "n = t1 + t2",
        "n = t1 + t2 for t1 > 0, t2 > 0\nn = t1 - t2 for t1 > 0, t2 < 0",
    ),
    Row(
        "S26",
        "yhat = t0 + t1*x\ny = yhat + noise",
        "yhat = t0 + t1*x + noise",
        "yhat = y - noise",
    ),
    Row(
        "S30",
        "r = d^2*(t1*t1 + t2*t2)",
        "r = d^2*(t1^2 + t2^2)/(t1^2 + t2^2)",
        "r = d^2*(t1^2 + t2^2)",
    ),
    Row(
        "S31",
        "k[j] = exp(-(x - m[j])^2/l) for j in 1..2\n"
        "yhat = t0 + sum(j, 1..2, k[j]*t[j])",
        "yhat = sum(j, 1..2, k[j]*t[j])",
        "yhat = t0 + k[1]*t[1] + k[2]*t[2]\n"
        "dk[j]/dx = -2*(x - m[j])*k[j]/l for j in 1..2",
    ),
    Row("S38", "f = a^2*b", "df/da = 2*b", "df/da = 2*a*b\nd2f/da^2 = 2*b"),
    Row(
        "S41",
        RSS + "f = J + d^2*b^2",
        "df/da = 2*sum(i, 1..3, a + x[i]*b - y[i])*(-1)",
        "df/da = 2*sum(i, 1..3, a + x[i]*b - y[i])\n"
        "df/db = 2*sum(i, 1..3, x[i]*(a + x[i]*b - y[i])) + 2*d^2*b",
    ),
    Row(
        "S49",
        "new = t - eta*g",
        "new = t + eta*g",
        "new = t - eta*g",
    ),
    Row(
        "S51",
        "J = sum(i, 1..3, (y[i] - x[i]*t)^2)\nnew = t - eta*(-2*sum(i, 1..3, x[i]*y[i])"
        " + 2*sum(i, 1..3, x[i]^2)*t)",
        "new = t + eta*sum(i, 1..3, x[i]*(y[i] - x[i]*t))",
        "new = t + 2*eta*sum(i, 1..3, x[i]*(y[i] - x[i]*t))\n"
        "dJ/dt = -2*sum(i, 1..3, x[i]*(y[i] - x[i]*t))",
    ),
    Row(
        "S56",
        "new = w - eta*g/(sqrt(G) + eps)",
        "new = w - eta*g/G",
        "new = w - g*eta/(eps + G^(1/2))",
    ),
    Row(
        "S59",
        "p = 1/(1 + e^(-z))",
        "p = ln(z/(1 - z))",
        "ln(p/(1 - p)) = z\np = e^z/(e^z + 1)",
    ),
    Row(
        "S62",
        BINARY,
        "C = -sum(i, 1..2, y[i]*ln(p[i])) + sum(i, 1..2, (1 - y[i])*ln(1 - p[i]))",
        "C = -sum(i, 1..2, y[i]*ln(p[i])) - sum(i, 1..2, (1 - y[i])*ln(1 - p[i]))",
    ),
    Row(
        "S63",
        BINARY,
        "dC/dp[i] = -sum(j, 1..2, y[j]/p[j] - (1 - y[j])/(1 - p[j])) for i in 1..2",
        "dC/dp[i] = -(y[i]/p[i] - (1 - y[i])/(1 - p[i])) for i in 1..2",
    ),
    Row(
        "S66",
        BINARY,
        "d2C/(da db) = sum(i, 1..2, p[i]*(1 - p[i])*(1 + x[i]^2))",
        "d2C/(da db) = sum(i, 1..2, p[i]*(1 - p[i])*x[i])\n"
        "d2C/db^2 = sum(i, 1..2, p[i]*(1 - p[i])*x[i]^2)",
    ),
    Row(
        "S68",
        SOFTMAX,
        "a[c] = exp(z[c])/sum(k, 1..3, z[k]) for c in 1..3",
        "a[1] + a[2] + a[3] = 1",
    ),
    Row(
        "S70",
        "C = -(u*ln(p) + v*ln(1 - p))",
        "C = -u*ln(p) + v*ln(1 - p)",
        "dC/dp = -u/p + v/(1 - p)",
    ),
    Row("S74", "C = -(u*r + v*s)", "C = -u*r + v*s", "C = -u*r - v*s"),
    Row(
        "S78",
        "yhat = sigmoid(z)\np = yhat^y*(1 - yhat)^(1 - y)",
        "p = yhat",
        "ln(p) = y*ln(yhat) + (1 - y)*ln(1 - yhat)",
    ),
    Row(
        "S79",
        "yhat = sigmoid(z)\nC = -(y*ln(yhat) + (1 - y)*ln(1 - yhat))",
        "C = -y*ln(yhat) + (1 - y)*ln(1 - yhat)",
        "dC/dz = yhat - y",
    ),
    Row(
        "S80",
        "h = sigmoid(t0 + t1*x)",
        "h = 1/(1 - e^(-(t0 + t1*x)))",
        "h = 1/(1 + e^(-(t0 + t1*x)))\ndh/dt1 = h*(1 - h)*x",
    ),
    Row(
        "S81",
        "P = p1^c1*p2^c2*p3^c3",
        "P = p1^c1 + p2^c2 + p3^c3",
        "ln(P) = c1*ln(p1) + c2*ln(p2) + c3*ln(p3)",
    ),
]

# Nothing is printed where something is missing; what is missing is right.
MISSING = [
    Row(
        "E16",
        "E = -" + BCE.strip() + "/2",
        "",
        "dE/da[j] = (-y[j]/a[j] + (1 - y[j])/(1 - a[j]))/2 for j in 1..3\n"
        " = (a[j] - y[j])/(a[j]*(1 - a[j]))/2",
    ),
    Row(
        "E37",
        "h[k] = sigmoid(u*x[k]) for k in 1..2\np[k] = sigmoid(v*h[k]) for k in 1..2\n"
        "E = -sum(k, 1..2, y[k]*ln(p[k]) + (1 - y[k])*ln(1 - p[k]))/2",
        "",
        "dE/du = sum(k, 1..2, (p[k] - y[k])*v*h[k]*(1 - h[k])*x[k])/2",
    ),
    Row(
        "E38",
        "z = w*x + b\np = sigmoid(z)\nL = -y*ln(p) - (1 - y)*ln(1 - p)",
        "",
        "dL/dz = p - y\ndL/db = p - y",
    ),
    Row("N21", "f = abs(x)", "", "df/dx = sign(x)\ndf/dx = -1 for x < 0"),
]

# What is printed cannot be read as a formula, and is refused where it goes wrong.
UNREADABLE = {
    "E13": ("L = -y*ln(p)) - (1 - y)*ln(1 - p)", r"column 13: '\)' without '\('"),
    "E21": (
        """E = sum(k, 1..2, sum(i, 1..2, y[k,i]*T[i]))
dE/dT[i] = sum(k, 1..2, sum(i, 1..2, y[k,i])) for i in 1..2""",
        "line 2, column 29: 'i' is the index of a sum around this",
    ),
    "E39": ("p = exp(s)/(exp(s) + exp(t)", r"column 12: '\(' is never closed"),
    "N35": (
        "f = x^2 + y^2\ndf/dx = f(f(x, 4))",
        "line 2, column 9: unknown name 'f'",
    ),
    "N62": (
        "z = a1*w1\ndz/dw1 = alpha1",
        "line 2, column 10: unknown name 'alpha1'",
    ),
    "N63d": (
        "L = (b3 - y)^2\ndL/db3 = dL/db3 * 1",
        "line 2, column 10: derivatives stand only on left sides",
    ),
    "S87": (
        """C = sum(o, 1..3, d[o]*sum(i, 1..2, z[i]*t[i,o]))
dC/dt[i,o] = sum(o, 1..3, d[o]*z[i]) for i in 1..2, o in 1..3""",
        "line 2, column 18: 'o' is the index of a sum around this",
    ),
}

# Remarks that are no formula, by what they are about.
WORDS = {
    "a letter, an index or a name used in two ways": (
        "E01 E02 E03 E04 E05 E10 E20 E24 E44 E52 N20 N43 N49 N59 N66 S03 S16 S18 S22 "
        "S29 S46 S52 S77"
    ),
    "the size or the shape of a matrix": "E12 E32 E36 S10 S42 S48",
    "a condition, a domain or a starting value that is not said": (
        "E14 E43 E51 E55 N12 N13 N19 N34 N44 N64 N69 S04 S33 S36 S50 S54 S67 S86"
    ),
    "a statement about minima, convexity or convergence": (
        "E07 E45 N22 N28 N39 N46 S23 S24 S27 S37 S45 S82"
    ),
    "another algorithm, or one that is only named": ("E50 S43 S44 S55 S57 S58 S65"),
    "the meaning of a word": "S01 S06 S73",
    "something that the language does not have: a Dirac delta": "S07",
    "a picture, a number or a line that is lost or cannot be read": (
        "E41 E47 E53 E54 N01 S17 S20 S34 S71"
    ),
}

# All entries of the catalogue that have a remark.
DRAFTS = {f"E{n:02}" for n in range(1, 56)}
NUMBERS = {
    "N": "1 2 4 12 13 14 17 19 20 21 22 23 25 28 30 32 33 34 35 39 40 41 43 44 45 46 "
    "47 48 49 54 56 57 59 60 61 62 63 64 66 69 71 72 73 75 76",
    "S": "1 2 3 4 5 6 7 9 10 12 13 16 17 18 20 21 22 23 24 25 26 27 29 30 31 33 34 36 "
    "37 38 41 42 43 44 45 46 48 49 50 51 52 54 55 56 57 58 59 62 63 65 66 67 68 70 71 "
    "73 74 77 78 79 80 81 82 86 87",
}
OTHERS = {f"{k}{int(n):02}" for k, ns in NUMBERS.items() for n in ns.split()}


def entry(name: str) -> str:
    """The id without the letter that tells several misprints apart."""
    return re.match(r"[ENS]\d+", name)[0]  # type: ignore[index]


def test_every_entry_with_a_remark_is_here_once() -> None:
    """55 errata of the drafts, 110 entries of the other notes with a remark."""
    assert (len(DRAFTS), len(OTHERS)) == (55, 110)
    formulas = [entry(row.id) for row in [*ROWS, *MISSING]] + list(
        map(entry, UNREADABLE)
    )
    words = [name for names in WORDS.values() for name in names.split()]
    assert len(words) == len(set(words))
    assert set(formulas).isdisjoint(words)
    assert {*formulas, *words} == DRAFTS | OTHERS


@pytest.mark.parametrize("row", [*ROWS, *MISSING], ids=lambda row: row.id)
def test_the_print_is_wrong_and_the_correction_is_proved(row: Row) -> None:
    """Each printed line has a witness; each right one a proof."""
    text = f"{row.given}\n{row.printed}\n{row.right}"
    printed = [line for line in row.printed.splitlines() if line]
    report = check_derivation(text, points=10)
    wrong, right = report.verdicts[: len(printed)], report.verdicts[len(printed) :]
    assert [v.kind for v in wrong] == ["wrong"] * len(printed), report
    assert all(v.witness.claimed != v.witness.right for v in wrong if v.witness)
    assert right
    assert [v.kind for v in right] == ["proved"] * len(right), report


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_no_formula_is_refused_at_its_place(name: str) -> None:
    text, message = UNREADABLE[name]
    with pytest.raises(ExpressionError, match=f"^{message}"):
        check_derivation(text)
