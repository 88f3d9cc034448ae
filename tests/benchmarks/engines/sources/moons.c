/* W1, and with SMOOTH W1t: one step of 2-16-16-1 on N rows, padded to L lanes with
   zeros: forward, backward, update. Every loop over lanes is the inner one. */
#include <math.h>
#if SMOOTH
#define ACT(z) tanh(z)
#define SLOPE(h) (1 - (h) * (h))
#else
#define ACT(z) ((z) > 0 ? (z) : 0)
#define SLOPE(h) ((h) > 0 ? 1.0 : 0.0)
#endif
#define LANES static double __attribute__((aligned(64)))

double step(const double *restrict x, const double *restrict y, double *restrict p) {
  LANES h1[16][L], h2[16][L], d1[16][L], d2[16][L], s[L], d[L], g[337];
  double *p1 = p, *p2 = p + 48, *p3 = p + 320, loss = 0;
  for (int j = 0; j < 16; j++)
    for (int l = 0; l < L; l++) {
      double z = p1[3*j+2] + p1[3*j] * x[l] + p1[3*j+1] * x[L+l];
      h1[j][l] = ACT(z);
    }
  for (int j = 0; j < 16; j++)
    for (int l = 0; l < L; l++) {
      double z = p2[17*j+16];
      for (int i = 0; i < 16; i++) z += p2[17*j+i] * h1[i][l];
      h2[j][l] = ACT(z);
    }
  for (int l = 0; l < L; l++) {
    double z = p3[16];
    for (int i = 0; i < 16; i++) z += p3[i] * h2[i][l];
    s[l] = z;
  }
#if SMOOTH
  for (int l = 0; l < L; l++) {
    double e = exp(-fabs(s[l])), row = (s[l] > 0 ? s[l] : 0) + log1p(e) - y[l] * s[l];
    double a = (s[l] >= 0 ? 1 : e) / (1 + e);
    loss += l < N ? row : 0;
    d[l] = l < N ? (a - y[l]) / N : 0;
  }
#else
  for (int l = 0; l < L; l++) {
    double m = 1 - y[l] * s[l];
    int on = (m > 0) & (l < N);
    loss += on ? m : 0;
    d[l] = on ? -y[l] / N : 0;
  }
#endif
  double t = 0;
  for (int l = 0; l < L; l++) t += d[l];
  g[336] = t;
  for (int i = 0; i < 16; i++) {
    double t = 0;
    for (int l = 0; l < L; l++) {
      t += d[l] * h2[i][l];
      d2[i][l] = d[l] * p3[i] * SLOPE(h2[i][l]);
    }
    g[320+i] = t;
  }
  for (int j = 0; j < 16; j++) {
    double b = 0;
    for (int i = 0; i < 16; i++) {
      double t = 0;
      for (int l = 0; l < L; l++) t += d2[j][l] * h1[i][l];
      g[48+17*j+i] = t;
    }
    for (int l = 0; l < L; l++) b += d2[j][l];
    g[48+17*j+16] = b;
  }
  for (int i = 0; i < 16; i++)
    for (int l = 0; l < L; l++) {
      double t = 0;
      for (int j = 0; j < 16; j++) t += d2[j][l] * p2[17*j+i];
      d1[i][l] = t * SLOPE(h1[i][l]);
    }
  for (int i = 0; i < 16; i++) {
    double a = 0, b = 0, c = 0;
    for (int l = 0; l < L; l++) {
      a += d1[i][l] * x[l]; b += d1[i][l] * x[L+l]; c += d1[i][l];
    }
    g[3*i] = a; g[3*i+1] = b; g[3*i+2] = c;
  }
  for (int k = 0; k < 337; k++) p[k] -= 0.1 * (g[k] + 2e-4 * p[k]);
  return loss / N;
}
