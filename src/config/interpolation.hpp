#pragma once

#include "config/ini.hpp"

namespace cordon::config {

/// Gives every section the keys of [DEFAULT] that it lacks, then replaces "%%" and "%(name)s" in all values
/// as configparser's BasicInterpolation does (`name` is looked up in the section, then in [DEFAULT]; at most
/// 10 levels). With LonePercent::itself a "%" that begins neither stands for itself. A value that breaks its rules
/// keeps its raw text and gets a `fault`; own keys' faults are also put into `problems`.
void inherit_and_interpolate(IniDocument& document, LonePercent lone_percent);

}  // namespace cordon::config
