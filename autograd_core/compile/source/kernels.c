/* The float kernels in C, with the bits of autograd_core/numbers/float64.py: the same
 * operations in the same order, and the same library functions. Compile without
 * contraction (-ffp-contract=off) and without -ffast-math.
 *
 * A block between blank lines is one function; a program gets those that it needs.
 */

static double k_strong_product(double g, double partial) {
    return g != 0.0 ? g * partial : -0.0;
}

static double k_strong_mul(double x, double y) {
    return x != 0.0 ? x * y : 0.0;
}

static double k_ratio_slope(double x, double y, int k) {
    if (k == 1 && y != 0.0) {
        double out = -(x / y) / y;
        if (1e-290 < fabs(out) && fabs(out) < INFINITY) return out;
    }
    double first = x / y, out = first;
    for (int i = 1; i <= k; i++) out = -i * out / y;
    if (1e-290 < fabs(first) && fabs(first) < INFINITY && 1e-290 < fabs(out)
        && fabs(out) < INFINITY) return out;
    if (!(x != 0.0 && y != 0.0) || first != first || isinf(x) || isinf(y)) return out;
    int exponent, scale;
    double digits = frexp(x, &exponent), divisor = frexp(y, &scale);
    digits /= divisor;
    for (int i = 1; i <= k; i++) digits = -i * digits / divisor;
    return ldexp(digits, exponent - (k + 1) * scale);
}

static double k_pow_shifted(double x, double y, double k) {
    if (k == 0.0) return pow(x, y);
    double exponent = y - k;
    if (exponent + k == y && exponent - y == -k) return pow(x, exponent);
    double whole = pow(x, y);
    if (2.2250738585072014e-308 <= fabs(whole) && fabs(whole) < INFINITY) {
        for (int i = 0; i < (int)k; i++) whole = whole / x;
        return k == (int)k ? whole : whole / sqrt(x);
    }
    return pow(x, exponent);
}

static double k_powc(double x, double n, int k) {
    if (k == 0) return pow(x, n);
    double factor = 1.0;
    for (int i = 0; i < k; i++) factor *= n - i;
    if (factor == 0.0) return 0.0;
    double p = k_pow_shifted(x, n, k);
    if ((2.2250738585072014e-308 <= fabs(p) && fabs(p) < INFINITY) || p != p)
        return factor * p;
    double half = k_pow_shifted(fabs(x), 0.5 * n, 0.5 * k);
    return copysign(factor * half * half, factor * copysign(1.0, p));
}

static double k_power_factor(double y, double log_x, int k, int j) {
    double factors[64];
    factors[0] = 1.0;
    for (int i = 1; i <= j; i++) factors[i] = factors[i - 1] * log_x;
    for (int s = 0; s < k; s++) {
        double before = 0.0;
        for (int i = 0; i <= j; i++) {
            double f = factors[i];
            factors[i] = (y - s) * f + (i ? i * before : 0.0);
            before = f;
        }
    }
    return factors[j];
}

static double k_pow(double x, double y, int k, int j) {
    if (k == 0 && j == 0) return pow(x, y);
    double p = k_pow_shifted(x, y, k);
    if (x == 0.0 && j) {
        if (!(y < k)) return y != y ? NAN : 0.0;
        return pow(-1.0, j) * k_power_factor(y, 0.0, k, 0) * p;
    }
    double logarithm = j ? log(x) : 0.0;
    double factor = k_power_factor(y, logarithm, k, j);
    if (k + j == 1) factor = k ? y : logarithm;
    if (factor == 0.0) return 0.0;
    if ((2.2250738585072014e-308 <= fabs(p) && fabs(p) < INFINITY) || p != p
        || factor != factor) return factor * p;
    double part = k_pow_shifted(fabs(x), 0.5 * y, 0.5 * k);
    if (isinf(part)) {
        part = pow(fabs(x), 0.25 * (y - k));
        factor = factor * part * part;
    }
    double size = part != 0.0 ? factor * part * part : 0.0;
    return size * copysign(1.0, p);
}

static double difference(double x, double y, double *low) {
    double d = x - y, b = x - d;
    *low = (x - (d + b)) + (b - y);
    return d;
}

static double product_error(double x, double y, double p) {
    double c = 134217729.0 * x, a = c - (c - x), b = x - a;
    double e = 134217729.0 * y, f = e - (e - y), g = y - f;
    return ((a * f - p) + a * g + b * f) + b * g;
}

static double square_error(double x, double p) {
    double c = 134217729.0 * x, a = c - (c - x), b = x - a;
    return ((a * a - p) + 2.0 * a * b) + b * b;
}

static double times_exp(double factor, double x, double low) {
    double e = exp(x < -708.0 ? 0.5 * x : x), y = factor * e;
    y += y * low + (factor != 1.0 ? product_error(factor, e, y) : 0.0);
    return x < -708.0 ? y * e : y;
}

static double k_cbrt(double x) {
    double r = cbrt(x);
    return x != 0.0 && fabs(x) < INFINITY ? r - (r - x / (r * r)) / 3.0 : r;
}

static double k_acosh(double x) {
    if (1.0 <= x && x < 1.09) return 2.0 * asinh(sqrt(0.5 * (x - 1.0)));
    return acosh(x);
}

static double k_hypot(double x, double y) {
    double a = fabs(x), b = fabs(y);
    if (a == INFINITY || b == INFINITY) return INFINITY;
    double big = a > b ? a : b;
    if (big == 0.0) return a + b;
    double up = ldexp(1.0, 600), down = ldexp(1.0, -600);
    if (big > 1e150)
        return sqrt((a * down) * (a * down) + (b * down) * (b * down)) * up;
    if (big < 1e-140) return sqrt((a * up) * (a * up) + (b * up) * (b * up)) * down;
    return sqrt(a * a + b * b);
}

static double total_of(int count, const int terms[][3], double x, double y, int *top) {
    int in_a, in_b;
    double a = frexp(x, &in_a), b = frexp(y, &in_b), parts[64];
    int exponents[64], any = 0;
    *top = 0;
    for (int i = 0; i < count; i++) {
        parts[i] = terms[i][0] * pow(a, terms[i][1]) * pow(b, terms[i][2]);
        exponents[i] = terms[i][1] * in_a + terms[i][2] * in_b;
        if (parts[i] != 0.0 && (!any || exponents[i] > *top)) {
            *top = exponents[i];
            any = 1;
        }
    }
    double total = ldexp(parts[0], exponents[0] - *top);
    for (int i = 1; i < count; i++) total += ldexp(parts[i], exponents[i] - *top);
    return total;
}

static double over_hypot(double x, double y, int count, const int terms[][3], int n) {
    if (x != x || y != y || (x == 0.0 && y == 0.0)) return NAN;
    if (isinf(x) || isinf(y)) {
        if (n > terms[0][1] + terms[0][2]) return 0.0;
        x = isinf(x) ? copysign(1.0, x) : 0.0;
        y = isinf(y) ? copysign(1.0, y) : 0.0;
    }
    int scale, exponent;
    frexp(fabs(x) >= fabs(y) ? fabs(x) : fabs(y), &scale);
    double a = ldexp(x, -scale), b = ldexp(y, -scale), p = a * a, q = b * b, low;
    double square = difference(p, -q, &low);
    low += square_error(a, p) + square_error(b, q);
    double digits = total_of(count, terms, x, y, &exponent);
    digits /= (n % 2 ? sqrt(square) : 1.0) * pow(square, n / 2);
    digits -= digits * (0.5 * n * low / square);
    return ldexp(digits, exponent - n * scale);
}

static double k_hypot_slope(double x, double y, int count, const int terms[][3], int n) {
    return x == 0.0 && y == 0.0 ? 0.0 : over_hypot(x, y, count, terms, n);
}

static double k_atan2_slope(double y, double x, int count, const int terms[][3], int n) {
    return over_hypot(y, x, count, terms, n);
}

static double one_minus_square(double x) {
    double p = x * x;
    return p <= 1.0 ? (1.0 - p) - square_error(x, p) : NAN;
}

static double k_asin_slope(double x) { return 1.0 / sqrt(one_minus_square(x)); }

static double k_atanh_slope(double x) { return 1.0 / one_minus_square(x); }

static double k_acosh_slope(double x) {
    if (x > 1e150) return 1.0 / x;
    double p = x * x, square = (p - 1.0) + square_error(x, p);
    return x >= 1.0 ? 1.0 / sqrt(square) : NAN;
}

static double hermite(double x, int k, double a) {
    double before = 0.0, p = 1.0;
    for (int i = 0; i < k; i++) {
        double next = -a * (x * p + i * before);
        before = p;
        p = next;
    }
    return p;
}

static double k_gauss_derivative(double x, int k) {
    if (fabs(x) > 28.0) return 0.0;
    if (x != x) return NAN;
    double p = x * x;
    return times_exp(hermite(x, k, 2.0), -p, -square_error(x, p));
}

static double k_gauss(double x) { return k_gauss_derivative(x, 0); }

static double k_normal_pdf_derivative(double x, int k) {
    if (fabs(x) > 40.0) return 0.0;
    if (x != x) return NAN;
    double p = x * x, low = -6.2473378348613351e-17 - 0.5 * square_error(x, p);
    return times_exp(hermite(x, k, 1.0) * 0.3989422804014327, -0.5 * p, low);
}

static double k_normal_pdf(double x) { return k_normal_pdf_derivative(x, 0); }

static double erfcx(double x, double x_low, double *low) {
    static const double cs[] = {ERFCX};
    double t = (x - 4.0) / (x + 4.0), rest = 0.0, q_low;
    for (int i = 0; i < (int)(sizeof cs / sizeof *cs); i++) rest = rest * t + cs[i];
    rest *= t;
    double p = ERFCX_0 + rest, q = difference(2.0 * x, -1.0, &q_low);
    double y = p / q, back = y * q;
    double p_low = ((ERFCX_0 - p) + rest) + ((p - back) - product_error(y, q, back));
    *low = p_low / p - q_low / q;
    *low = *low + x_low * (2.0 * x - 1.1283791670955126 / y);
    return y;
}

static double k_erfc(double x) {
    if (!(x >= 0.25)) return erfc(x);
    if (x > 28.0) return 0.0;
    double low, factor = erfcx(x, 0.0, &low), p = x * x;
    return times_exp(factor, -p, low - square_error(x, p));
}

static double times_cdf(double factor, double x) {
    double z = -x * 0.7071067811865476, low;
    if (z < 0.25) return factor * (0.5 * erfc(z));
    double z_low = product_error(-x, 0.7071067811865476, z) - x * -4.833646656726457e-17;
    double scaled = erfcx(z, z_low, &low), p = x * x;
    low -= 0.5 * square_error(x, p);
    return times_exp(factor * (0.5 * scaled), -0.5 * p, low);
}

static double k_normal_cdf(double x) {
    if (fabs(x) > 39.0) return x > 0.0 ? 1.0 : 0.0;
    return x != x ? NAN : times_cdf(1.0, x);
}

static double k_gelu(double x) {
    if (fabs(x) > 39.0) return x > 0.0 ? x : 0.0;
    return times_cdf(x, x);
}

static double k_sigmoid(double x) {
    if (x >= 0.0) return 1.0 / (1.0 + exp(-x));
    double e = exp(x);
    return e / (1.0 + e);
}

static double k_logistic_slope(double x) {
    double e = exp(-fabs(x)), rest = 2.0 * e + e * e, whole = 1.0 + rest;
    double slope = e / whole;
    return slope - slope * ((rest - (whole - 1.0)) / whole);
}

static double k_softplus(double x) {
    return x == x ? (x > 0.0 ? x : 0.0) + log1p(exp(-fabs(x))) : NAN;
}

static double k_logsigmoid(double x) { return -k_softplus(-x); }

static double k_sech(double x) {
    if (fabs(x) > 20.0) return times_exp(2.0, -fabs(x), 0.0);
    double e = exp(-fabs(x)), whole = 1.0 + e * e, out = 2.0 * e / whole;
    return out - out * ((e * e - (whole - 1.0)) / whole);
}

static double k_sigmoid_diff(double x, double y) {
    double low, d = difference(x, y, &low);
    if (isinf(d) || d != d) {
        if (x == y) return x > 0.0 ? 0.5 : 0.0;
        return d != d ? NAN : d > 0.0 ? 1.0 : 0.0;
    }
    double e = exp(-fabs(d)), whole = 1.0 + e;
    double share = d >= 0.0 ? 1.0 : e, other = d >= 0.0 ? e : 1.0;
    share /= whole;
    return share + share * ((low * other - (e - (whole - 1.0))) / whole);
}

static double k_logaddexp(double x, double y) {
    if (x == y) return x + 0.6931471805599453;
    double high = x > y ? x : y, low = x > y ? y : x, d_low;
    if (x != x || y != y) return NAN;
    double d = difference(low, high, &d_low), e = exp(d);
    if (e == 0.0) return high;
    double rest = log1p(e), out = high + rest;
    return out + (((high - out) + rest) + e * d_low / (1.0 + e));
}

static double k_xlogy(double x, double y) {
    return x == 0.0 && y == y ? 0.0 : x * log(y);
}

static double k_silu(double x) {
    if (x < -708.0) return x > -800.0 ? times_exp(x, x, 0.0) : 0.0;
    return x * k_sigmoid(x);
}

static double logistic_factor(double t, int k) {
    double cs[64] = {1.0}, found = 0.0;
    for (int d = 0; d < k; d++) {
        double new[64] = {0.0};
        for (int power = 0; power <= d; power++) {
            new[power + 1] -= (2 + power) * cs[power];
            if (power) new[power - 1] += power * cs[power];
        }
        for (int power = 0; power <= d + 1; power++) cs[power] = new[power];
    }
    for (int power = k; power >= 0; power--) found = found * t + cs[power];
    return found;
}

static double k_silu_slope(double x, int k) {
    if (x < -708.0) return x > -800.0 ? times_exp(k + x, x, 0.0) : 0.0;
    if (k == 1) return x != INFINITY ? k_sigmoid(x) * (1.0 + x * k_sigmoid(-x)) : 1.0;
    if (x > 800.0) return 0.0;
    double t = tanh(0.5 * x), parity = k % 2 ? 1.0 : -1.0;
    if (x > 708.0) return parity * times_exp(x - k, -x, 0.0);
    double both = 2.0 * k * logistic_factor(t, k - 2) + x * logistic_factor(t, k - 1);
    return k_logistic_slope(x) * both * pow(0.5, k - 1);
}

static double k_step(double x) { return x > 0.0 ? 1.0 : 0.0; }

static double k_sign(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : 0.0; }

static double k_greater(double x, double y) { return x > y ? 1.0 : x == y ? 0.5 : 0.0; }

static double k_relu(double x) { return x > 0.0 ? x : x == x ? 0.0 : NAN; }

static double k_maximum(double x, double y) { return x >= y || x != x ? x : y; }

static double k_minimum(double x, double y) { return x <= y || x != x ? x : y; }

static double k_clip(double x, double low, double high) {
    return k_minimum(k_maximum(x, low), high);
}

static double k_where(double c, double x, double y) { return c != 0.0 ? x : y; }

static double k_leaky_relu(double x, double slope) { return x > 0.0 ? x : slope * x; }

static double k_elu(double x, double alpha) { return x > 0.0 ? x : alpha * expm1(x); }

static double k_binary_cross_entropy(double x, double y) {
    if (y == 0.0) return k_softplus(x);
    if (y == 1.0) return k_softplus(-x);
    return (1.0 - y) * k_softplus(x) + y * k_softplus(-x);
}

static double k_sinc(double x, int k) {
    if (!(fabs(x) < INFINITY)) return x != x ? NAN : 0.0;
    if (fabs(x) > k + 1.0 || (k == 0 && x != 0.0)) {
        double value = sin(x) / x, circle[] = {sin(x), cos(x), -sin(x), -cos(x)};
        for (int i = 1; i <= k; i++) value = (circle[i % 4] - i * value) / x;
        return value;
    }
    int j = k % 2;
    double term = (j == 0 ? 1.0 : x) * pow(-1.0, (j + k) / 2), total = 0.0;
    for (;;) {
        double addend = term / (j + k + 1);
        if (total + addend == total) return total;
        total += addend;
        term *= -x * x / ((j + 1) * (j + 2));
        j += 2;
    }
}

static double k_sum(int n, const double *xs) {
    double total = xs[0];
    for (int i = 1; i < n; i++) total += xs[i];
    return total;
}

static double k_dot(int n, const double *xs) {
    double total = xs[0] * xs[n / 2];
    for (int i = 1; i < n / 2; i++) total += xs[i] * xs[n / 2 + i];
    return total;
}

static double exponentials(int n, const double *xs, double *weights) {
    double high = xs[0];
    for (int i = 0; i < n; i++) if (xs[i] > high) high = xs[i];
    for (int i = 0; i < n; i++) if (xs[i] != xs[i]) high = NAN;
    for (int i = 0; i < n; i++) {
        if (isinf(high)) {
            weights[i] = xs[i] == high ? 1.0 : 0.0;
            continue;
        }
        double low, d = difference(xs[i], high, &low), w = exp(d);
        if (w != 0.0) w += w * low;
        weights[i] = w;
    }
    return high;
}

static double rest_of(int n, const double *xs, double high, const double *weights) {
    int top = 0, any = 0;
    double total = 0.0;
    while (top < n - 1 && xs[top] != high) top++;
    for (int i = 0; i < n; i++) {
        if (i == top) continue;
        total = any ? total + weights[i] : weights[i];
        any = 1;
    }
    return total;
}

static double k_logsumexp(int n, const double *xs) {
    double weights[n], high = exponentials(n, xs, weights);
    if (isinf(high) || high != high) return high;
    return high + log1p(rest_of(n, xs, high, weights));
}

static void k_softmax(int n, const double *xs, double *out) {
    double high = exponentials(n, xs, out), whole = k_sum(n, out);
    for (int i = 0; i < n; i++) out[i] = high == -INFINITY ? NAN : out[i] / whole;
}

static void k_softmax_rest(int n, const double *xs, double *out) {
    double weights[n], high = exponentials(n, xs, weights);
    double whole = k_sum(n, weights);
    int top = 0;
    while (top < n - 1 && xs[top] != high) top++;
    for (int i = 0; i < n; i++) out[i] = high != high ? NAN : 1.0 - weights[i] / whole;
    if (high == high) out[top] = rest_of(n, xs, high, weights) / whole;
}

static void k_logsumexp_slope(int n, const double *xs, double *out) {
    int all = 1;
    for (int i = 0; i < n; i++) if (xs[i] != -INFINITY) all = 0;
    if (all) for (int i = 0; i < n; i++) out[i] = 0.0;
    else k_softmax(n, xs, out);
}

static void k_log_softmax(int n, const double *xs, double *out) {
    double weights[n], high = exponentials(n, xs, weights);
    double rest = log1p(rest_of(n, xs, high, weights));
    int none = isinf(high) || high != high;
    for (int i = 0; i < n; i++) out[i] = none ? NAN : (xs[i] - high) - rest;
}

static double k_cross_entropy(int n, const double *xs, int target) {
    double out[n];
    k_log_softmax(n, xs, out);
    return -out[target];
}

static double k_soft_cross_entropy(int n, const double *xs) {
    double logs[n / 2], total = 0.0;
    k_log_softmax(n / 2, xs, logs);
    for (int i = 0; i < n / 2; i++) {
        double term = -k_strong_mul(xs[n / 2 + i], logs[i]);
        total = i ? total + term : term;
    }
    return total;
}
