/// The command line.
@NullMarked
package io.mailcanary.cli;

import org.jspecify.annotations.NullMarked;
