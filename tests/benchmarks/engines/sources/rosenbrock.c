/* W3: value and gradient, and the two diagonals of the Hessian. */

double gradient(const double *restrict x, double *restrict g, double *restrict unused) {
  double value = 0;
  (void)unused;
  g[0] = 0;
  for (int i = 0; i + 1 < N; i++) {
    double r = x[i + 1] - x[i] * x[i], s = 1 - x[i];
    value += 100 * r * r + s * s;
    g[i] = -400 * x[i] * r - 2 * s;
  }
  g[N - 1] = 0;
  for (int i = 0; i + 1 < N; i++) g[i + 1] += 200 * (x[i + 1] - x[i] * x[i]);
  return value;
}

void hessian(const double *restrict x, double *restrict d, double *restrict e) {
  for (int i = 0; i + 1 < N; i++) {
    d[i] = 1200 * x[i] * x[i] - 400 * x[i + 1] + 2 + (i ? 200 : 0);
    e[i] = -400 * x[i];
  }
  d[N - 1] = 200;
}
