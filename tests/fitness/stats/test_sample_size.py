from __future__ import annotations

import math

import pytest
from scipy.stats import norm

from fitness.stats import mean_sample_size, sample_size, sign_power


@pytest.mark.parametrize("gain", [0.08, 0.12])
def test_the_size_has_the_power_and_ten_fewer_do_not(gain):
    n = sample_size(0.005, 0.2, gain)
    assert sign_power(n, 0.005, 0.2, gain).promote >= 0.8
    assert sign_power(n - 20, 0.005, 0.2, gain).promote < 0.81


def test_the_size_is_close_to_the_one_of_a_single_look():
    # A fixed sign test needs about (z_alpha * sqrt(D) + z_power * sqrt(D - gain**2))**2 / gain**2
    # (Connett et al. 1987); looking on the way costs some.
    alpha, discordance, gain = 0.005, 0.2, 0.08
    root = norm.isf(alpha) * math.sqrt(discordance)
    root += norm.ppf(0.8) * math.sqrt(discordance - gain**2)
    fixed = root**2 / gain**2
    assert fixed <= sample_size(alpha, discordance, gain) <= 1.25 * fixed


def test_beyond_a_thousand_the_square_root_law_goes_on():
    n = sample_size(0.005, 0.2, 0.03)
    assert n > 1000
    assert sign_power(n, 0.005, 0.2, 0.03, look_every=n // 30).promote == pytest.approx(
        0.8, abs=0.03
    )


def test_the_e_process_needs_more():
    assert sample_size(0.05, 0.2, 0.1, test="eprocess") > sample_size(0.05, 0.2, 0.1)


def test_published_size_of_a_comparison_of_means():
    # Miller 2024: 969 questions find three points at 80 % where the variance is 1/9.
    assert mean_sample_size(0.05, 0.03, 1 / 9) == pytest.approx(969, abs=1)
    assert mean_sample_size(0.05, 0.03, 1 / 18, noise=(1 / 9, 1 / 9), repeats=(4, 4)) == (
        pytest.approx(969, abs=1)
    )


def test_impossible_wishes_are_refused():
    for gain, power in ((0.0, 0.8), (0.3, 0.8), (0.1, 1.0)):
        with pytest.raises(ValueError, match="difference"):
            sample_size(0.05, 0.2, gain, power=power)
