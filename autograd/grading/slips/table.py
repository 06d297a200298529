"""The table of slips, the likeliest first.

To add a slip, write a function that yields its edits, with its sentence as docstring. Then put it
in its place here. The earlier a slip is tried, the less likely it fits by chance.
"""

from __future__ import annotations

from . import (
    averages,
    connections,
    descent,
    factors,
    functions,
    misreadings,
    other_gradients,
    pen,
    repeated_use,
    rules,
    slopes,
    softmax,
    terms,
)
from .slip import Slip

SLIPS: tuple[Slip, ...] = (
    slopes.take_side_of_kink, slopes.pass_dead_relu, descent.reverse_step, factors.reverse_error,
    softmax.forget_target,
    softmax.repeat_canceled_slope, slopes.forget_slope, rules.take_slope_of_square,
    slopes.multiply_by_value, slopes.put_input_into_formula, slopes.take_slope_of_another,
    slopes.cut_slope, slopes.put_output_into_slope, factors.forget_mean, factors.lose_half,
    factors.repeat_two, factors.lose_two, descent.forget_rate, descent.repeat_rate,
    descent.step_with_stale_gradient, descent.step_with_accumulated_gradient,
    descent.write_step_alone, descent.keep_old_value,
    averages.forget_correction, averages.forget_correction_power, averages.shift_correction_step,
    averages.forget_share, averages.add_share, averages.exchange_shares, averages.forget_velocity,
    other_gradients.keep_stale_gradient, other_gradients.accumulate_gradient,
    connections.forget_input, connections.multiply_bias_by_input, misreadings.use_updated_weight,
    misreadings.transpose_weight, other_gradients.transpose_gradient,
    other_gradients.add_over_wrong_axis, softmax.take_one_softmax_slope,
    repeated_use.keep_one_layer, repeated_use.leave_out_path,
    repeated_use.use_half_of_product_rule, repeated_use.keep_one_path,
    repeated_use.multiply_paths, repeated_use.open_both_gates, repeated_use.open_wrong_gate,
    slopes.take_slope_of_slope, slopes.repeat_slope, slopes.apply_relu_to_gradient,
    functions.forget_function, functions.repeat_function, softmax.forget_normalization,
    functions.take_slope_for_value, functions.apply_another_function,
    functions.lose_sign_of_argument, terms.forget_bias, factors.forget_square,
    functions.use_log_ten, functions.use_degrees, rules.lose_quotient_sign,
    rules.take_reciprocal_slope, rules.forget_square_of_divisor, rules.keep_exponent,
    rules.forget_power_factor, rules.use_power_rule_on_exp, factors.repeat_mean,
    factors.take_mean_for_sum, factors.divide_by_one_less, connections.forget_weight,
    repeated_use.drop_upstream, factors.reverse_difference, factors.lose_minus,
    factors.use_wrong_sign, rules.lose_divisor, rules.reverse_quotient,
    rules.multiply_instead_of_dividing, terms.ignore_brackets, terms.forget_term,
    terms.forget_factor, terms.add_instead_of_multiplying, repeated_use.hold_constant,
    repeated_use.reverse_path, pen.exchange_digits, pen.move_point_of_result,
    misreadings.move_point_of_operand, other_gradients.compute_after_update,
    misreadings.use_old_value, misreadings.exchange_operands, misreadings.read_neighbor,
    other_gradients.write_neighbors_gradient, pen.copy_number, misreadings.read_another_number,
)  # fmt: skip
