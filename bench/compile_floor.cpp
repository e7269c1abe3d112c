// What nobody can do without: the file read once, each line hashed once, every byte written once. What `cordon
// compile` takes beyond it is the price of its work. compile_floor FILE > OUT

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string_view>

#include "base/digest.hpp"
#include "base/file.hpp"

int main(int count, char** arguments) {
    if (count != 2) {
        std::fputs("compile_floor FILE > OUT\n", stderr);
        return 2;
    }
    const auto file = cordon::MappedFile::open(arguments[1]);
    if (!file) {
        std::fprintf(stderr, "compile_floor: %s\n", file.error().message.c_str());
        return 2;
    }
    std::uint64_t hashes = 0;
    for (std::string_view rest = file->bytes(); !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() == rest.size() ? line.size() : line.size() + 1);
        hashes ^= cordon::hash64(line);
    }
    for (std::string_view rest = file->bytes(); !rest.empty();) {
        const auto written = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (written <= 0) return 1;
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    std::fprintf(stderr, "%016llx\n", static_cast<unsigned long long>(hashes));
    return 0;
}
