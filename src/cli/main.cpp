#include "cli/cli.hpp"

int main(int argc, char** argv) {
    return cordon::cli::main(argc, argv);
}
