/* W5: one step of a transformer of one block: attention, two layers with ReLU, RMS norms,
   cross-entropy, Adam.

   A row per position, n of CONTEXT. Inner loops run along rows, whose sizes the compiler
   knows: a product with a matrix is a sum of rows, from its transpose on the way forward
   and from itself on the way back. Attention has the positions before as lanes. */
#include <math.h>
#include <string.h>

#define SIZE (WIDTH / HEADS)
#define EACH(i, n) for (int i = 0; i < (n); i++)
/* Along lanes: without the word, short loops are unrolled before they are vectors. */
#define ALONG(i, n) _Pragma("omp simd") EACH(i, n)
#define INLINE static inline __attribute__((always_inline)) void
#define LANES static __attribute__((aligned(64)))

typedef double Row[WIDTH];
typedef struct {
  Row letter[TOKENS], place[CONTEXT], norm1, norm2, norm3;
  Row query[WIDTH], key[WIDTH], value[WIDTH], output[WIDTH], up[HIDDEN];
  double down[WIDTH][HIDDEN];
  Row scores[TOKENS];
} Model;
enum { COUNT = sizeof(Model) / sizeof(double) };

LANES Model g;
LANES Row x1[CONTEXT], x2[CONTEXT], x3[CONTEXT], h1[CONTEXT], h2[CONTEXT], h3[CONTEXT];
LANES Row q[CONTEXT], k[CONTEXT], v[CONTEXT], joined[CONTEXT];
LANES Row d[CONTEXT], dh[CONTEXT], dq[CONTEXT], dk[CONTEXT], dv[CONTEXT];
LANES double units[CONTEXT][HIDDEN], dunits[CONTEXT][HIDDEN], z[CONTEXT][TOKENS];
LANES double kt[WIDTH][CONTEXT], vt[WIDTH][CONTEXT], w[HEADS][CONTEXT][CONTEXT];
LANES double r1[CONTEXT], r2[CONTEXT], r3[CONTEXT], room[WIDTH * (HIDDEN + TOKENS)];

/* y += x a^T, for a matrix (out, in). */
INLINE linear(int n, int in, int out, const double a[restrict out][in],
              const double x[restrict n][in], double y[restrict n][out]) {
  double(*restrict t)[out] = (double(*)[out])room;
  EACH(j, out) EACH(i, in) t[i][j] = a[j][i];
  EACH(l, n) EACH(i, in) ALONG(j, out) y[l][j] += x[l][i] * t[i][j];
}

/* From the slopes dy of its result: da, and dx with them added. */
INLINE linear_back(int n, int in, int out, const double a[restrict out][in],
                   const double x[restrict n][in], const double dy[restrict n][out],
                   double da[restrict out][in], double dx[restrict n][in]) {
  EACH(j, out) EACH(i, in) da[j][i] = 0;
  EACH(j, out) EACH(l, n) ALONG(i, in) {
    da[j][i] += dy[l][j] * x[l][i];
    dx[l][i] += dy[l][j] * a[j][i];
  }
}

/* h = a x r, where r is one over the root of the mean square of each row. */
INLINE norm(int n, const Row a, const Row *restrict x, Row *restrict h, double *r) {
  EACH(l, n) {
    double sum = 0;
    EACH(i, WIDTH) sum += x[l][i] * x[l][i];
    r[l] = 1 / sqrt(sum / WIDTH + EPSILON);
    EACH(i, WIDTH) h[l][i] = a[i] * x[l][i] * r[l];
  }
}

INLINE norm_back(int n, const Row a, const Row *restrict x, const double *r,
                 const Row *restrict dh, Row da, Row *restrict dx) {
  memset(da, 0, sizeof(Row));
  EACH(l, n) {
    double sum = 0;
    EACH(i, WIDTH) sum += dh[l][i] * a[i] * x[l][i];
    sum *= r[l] * r[l] / WIDTH;
    EACH(i, WIDTH) da[i] += dh[l][i] * x[l][i] * r[l];
    EACH(i, WIDTH) dx[l][i] += r[l] * (dh[l][i] * a[i] - x[l][i] * sum);
  }
}

/* Row l of each head looks at the rows up to l; the lanes after it have weight 0. */
static void attention(int n) {
  EACH(l, n) EACH(i, WIDTH) kt[i][l] = k[l][i], vt[i][l] = v[l][i];
  memset(joined, 0, sizeof joined);
  EACH(h, HEADS) EACH(l, n) {
    double *row = w[h][l], most = -1e30, sum = 0;
    EACH(m, CONTEXT) row[m] = 0;
    for (int i = h * SIZE; i < (h + 1) * SIZE; i++)
      ALONG(m, CONTEXT) row[m] += q[l][i] * kt[i][m];
    EACH(m, CONTEXT) most = m <= l && row[m] > most ? row[m] : most;
    double scale = 1 / sqrt(SIZE);
    EACH(m, CONTEXT) row[m] = m <= l ? scale * (row[m] - most) : 0;
    ALONG(m, CONTEXT) row[m] = exp(row[m]);
    EACH(m, CONTEXT) sum += row[m] = m <= l ? row[m] : 0;
    EACH(m, CONTEXT) row[m] /= sum;
    EACH(m, l + 1) EACH(i, SIZE) joined[l][h * SIZE + i] += row[m] * v[m][h * SIZE + i];
  }
}

/* From the slopes of what it joined, dh: those of queries, keys and values. */
static void attention_back(int n) {
  memset(dq, 0, sizeof dq), memset(dk, 0, sizeof dk), memset(dv, 0, sizeof dv);
  EACH(h, HEADS) EACH(l, n) {
    double *row = w[h][l], t[CONTEXT] = {0}, mean = 0;
    for (int i = h * SIZE; i < (h + 1) * SIZE; i++)
      ALONG(m, CONTEXT) t[m] += dh[l][i] * vt[i][m];
    EACH(m, CONTEXT) mean += t[m] * row[m];
    double scale = 1 / sqrt(SIZE);
    EACH(m, CONTEXT) t[m] = scale * row[m] * (t[m] - mean);
    EACH(m, l + 1) EACH(s, SIZE) {
      int i = h * SIZE + s;
      dq[l][i] += t[m] * k[m][i];
      dk[m][i] += t[m] * q[l][i];
      dv[m][i] += row[m] * dh[l][i];
    }
  }
}

/* The mean loss; its slopes take the place of the scores. */
static double judged(int n, const long *restrict targets) {
  double loss = 0;
  EACH(l, n) {
    double most = z[l][0], sum = 0;
    EACH(j, TOKENS) most = z[l][j] > most ? z[l][j] : most;
    loss += most - z[l][targets[l]];
    EACH(j, TOKENS) sum += z[l][j] = exp(z[l][j] - most);
    loss += log(sum);
    EACH(j, TOKENS) z[l][j] /= n * sum;
    z[l][targets[l]] -= 1.0 / n;
  }
  return loss / n;
}

static double forward(const Model *p, int n, const long *tokens, const long *targets) {
  EACH(l, n) EACH(i, WIDTH) x1[l][i] = p->letter[tokens[l]][i] + p->place[l][i];
  norm(n, p->norm1, x1, h1, r1);
  memset(q, 0, sizeof q), memset(k, 0, sizeof k), memset(v, 0, sizeof v);
  linear(n, WIDTH, WIDTH, p->query, h1, q);
  linear(n, WIDTH, WIDTH, p->key, h1, k);
  linear(n, WIDTH, WIDTH, p->value, h1, v);
  attention(n);
  memcpy(x2, x1, sizeof x2);
  linear(n, WIDTH, WIDTH, p->output, joined, x2);
  norm(n, p->norm2, x2, h2, r2);
  memset(units, 0, sizeof units);
  linear(n, WIDTH, HIDDEN, p->up, h2, units);
  EACH(l, n) EACH(j, HIDDEN) units[l][j] = units[l][j] > 0 ? units[l][j] : 0;
  memcpy(x3, x2, sizeof x3);
  linear(n, HIDDEN, WIDTH, p->down, units, x3);
  norm(n, p->norm3, x3, h3, r3);
  memset(z, 0, sizeof z);
  linear(n, WIDTH, TOKENS, p->scores, h3, z);
  return judged(n, targets);
}

static void backward(const Model *p, int n, const long *tokens) {
  memset(dh, 0, sizeof dh), memset(d, 0, sizeof d);
  linear_back(n, WIDTH, TOKENS, p->scores, h3, z, g.scores, dh);
  norm_back(n, p->norm3, x3, r3, dh, g.norm3, d);
  memset(dunits, 0, sizeof dunits), memset(dh, 0, sizeof dh);
  linear_back(n, HIDDEN, WIDTH, p->down, units, d, g.down, dunits);
  EACH(l, n) EACH(j, HIDDEN) dunits[l][j] = units[l][j] > 0 ? dunits[l][j] : 0;
  linear_back(n, WIDTH, HIDDEN, p->up, h2, dunits, g.up, dh);
  norm_back(n, p->norm2, x2, r2, dh, g.norm2, d);
  memset(dh, 0, sizeof dh);
  linear_back(n, WIDTH, WIDTH, p->output, joined, d, g.output, dh);
  attention_back(n);
  memset(dh, 0, sizeof dh);
  linear_back(n, WIDTH, WIDTH, p->query, h1, dq, g.query, dh);
  linear_back(n, WIDTH, WIDTH, p->key, h1, dk, g.key, dh);
  linear_back(n, WIDTH, WIDTH, p->value, h1, dv, g.value, dh);
  norm_back(n, p->norm1, x1, r1, dh, g.norm1, d);
  memset(g.letter, 0, sizeof g.letter), memset(g.place, 0, sizeof g.place);
  EACH(l, n) EACH(i, WIDTH) g.letter[tokens[l]][i] += d[l][i], g.place[l][i] = d[l][i];
}

static void adam(double *restrict p, const double *restrict g, double *restrict m,
                 double *restrict v, double rate, double b, double c, long t) {
  double one = rate / (1 - pow(b, t)), two = 1 / sqrt(1 - pow(c, t));
  EACH(i, COUNT) {
    m[i] = b * m[i] + (1 - b) * g[i];
    v[i] = c * v[i] + (1 - c) * g[i] * g[i];
    p[i] -= one * m[i] / (two * sqrt(v[i]) + 1e-8);
  }
}

/* Of n positions: parameters as in Model, and both moments of Adam after each other. */
double step(const long *restrict tokens, const long *restrict targets, long n,
            Model *restrict p, double *restrict state, double rate, double b, double c,
            long t) {
  double loss = forward(p, n, tokens, targets);
  backward(p, n, tokens);
  adam((double *)p, (double *)&g, state, state + COUNT, rate, b, c, t);
  return loss;
}
