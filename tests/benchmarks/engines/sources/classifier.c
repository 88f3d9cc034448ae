/* W4: one step of IN-HID-OUT with ReLU, softmax, cross-entropy and Adam.

   x is (IN, N): a column per row of the batch. Parameters are neuron by neuron, its
   weights and then its bias. Four neurons are done at once, so that what is loaded of
   the layer below is used four times. */
#include <math.h>

#define LANES static double __attribute__((aligned(64)))
#define COUNT (HID * (IN + 1) + OUT * (HID + 1))
#define BLOCK 4

LANES h[HID][N], d1[HID][N], z[OUT][N], g[COUNT];

static void forward(const double *restrict w, int in, int out,
                    const double (*restrict x)[N], double (*restrict y)[N], int relu) {
  for (int j = 0; j < out; j += BLOCK) {
    int many = out - j < BLOCK ? out - j : BLOCK;
    for (int k = 0; k < many; k++)
      for (int l = 0; l < N; l++) y[j + k][l] = w[(j + k) * (in + 1) + in];
    if (many == BLOCK) {
      double *restrict a = y[j], *restrict b = y[j + 1];
      double *restrict c = y[j + 2], *restrict d = y[j + 3];
      const double *p = w + j * (in + 1), *q = p + in + 1;
      const double *r = q + in + 1, *s = r + in + 1;
      for (int i = 0; i < in; i++)
        for (int l = 0; l < N; l++) {
          double v = x[i][l];
          a[l] += p[i] * v, b[l] += q[i] * v, c[l] += r[i] * v, d[l] += s[i] * v;
        }
    } else
      for (int k = 0; k < many; k++)
        for (int i = 0; i < in; i++)
          for (int l = 0; l < N; l++) y[j + k][l] += w[(j + k) * (in + 1) + i] * x[i][l];
    if (relu)
      for (int k = 0; k < many; k++)
        for (int l = 0; l < N; l++) y[j + k][l] = y[j + k][l] > 0 ? y[j + k][l] : 0;
  }
}

static void weights(double *restrict slope, int in, int out,
                    const double (*restrict x)[N], const double (*restrict d)[N]) {
  for (int j = 0; j < out; j += BLOCK) {
    int many = out - j < BLOCK ? out - j : BLOCK;
    for (int i = 0; i < in; i++) {
      double sums[BLOCK] = {0};
      if (many == BLOCK) {
        double a = 0, b = 0, c = 0, e = 0;
        for (int l = 0; l < N; l++) {
          double v = x[i][l];
          a += d[j][l] * v, b += d[j + 1][l] * v;
          c += d[j + 2][l] * v, e += d[j + 3][l] * v;
        }
        sums[0] = a, sums[1] = b, sums[2] = c, sums[3] = e;
      } else
        for (int k = 0; k < many; k++)
          for (int l = 0; l < N; l++) sums[k] += d[j + k][l] * x[i][l];
      for (int k = 0; k < many; k++) slope[(j + k) * (in + 1) + i] = sums[k];
    }
    for (int k = 0; k < many; k++) {
      double sum = 0;
      for (int l = 0; l < N; l++) sum += d[j + k][l];
      slope[(j + k) * (in + 1) + in] = sum;
    }
  }
}

static double judged(const long *restrict y) {
  LANES most[N], sum[N];
  double loss = 0;
  for (int l = 0; l < N; l++) most[l] = z[0][l], sum[l] = 0;
  for (int c = 1; c < OUT; c++)
    for (int l = 0; l < N; l++) most[l] = z[c][l] > most[l] ? z[c][l] : most[l];
  for (int l = 0; l < N; l++) loss += most[l] - z[y[l]][l];
  for (int c = 0; c < OUT; c++)
    for (int l = 0; l < N; l++) sum[l] += z[c][l] = exp(z[c][l] - most[l]);
  for (int l = 0; l < N; l++) loss += log(sum[l]), sum[l] = 1 / (N * sum[l]);
  for (int c = 0; c < OUT; c++)
    for (int l = 0; l < N; l++) z[c][l] *= sum[l];
  for (int l = 0; l < N; l++) z[y[l]][l] -= 1.0 / N;
  return loss / N;
}

double step(const double (*restrict x)[N], const long *restrict y, double *restrict p,
            double *restrict state, double rate, long t) {
  double *w2 = p + HID * (IN + 1), *m = state, *v = state + COUNT;
  forward(p, IN, HID, x, h, 1);
  forward(w2, HID, OUT, (const double(*)[N])h, z, 0);
  double loss = judged(y);
  weights(g + HID * (IN + 1), HID, OUT, (const double(*)[N])h, (const double(*)[N])z);
  for (int i = 0; i < HID; i++) {
    for (int l = 0; l < N; l++) d1[i][l] = 0;
    for (int j = 0; j < OUT; j++)
      for (int l = 0; l < N; l++) d1[i][l] += z[j][l] * w2[j * (HID + 1) + i];
    for (int l = 0; l < N; l++) d1[i][l] = h[i][l] > 0 ? d1[i][l] : 0;
  }
  weights(g, IN, HID, x, (const double(*)[N])d1);
  double one = rate / (1 - pow(0.9, t)), two = 1 / sqrt(1 - pow(0.999, t));
  for (int k = 0; k < COUNT; k++) {
    m[k] = 0.9 * m[k] + (1 - 0.9) * g[k];
    v[k] = 0.999 * v[k] + (1 - 0.999) * g[k] * g[k];
    p[k] -= one * m[k] / (two * sqrt(v[k]) + 1e-8);
  }
  return loss;
}
