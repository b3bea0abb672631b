/// Reads probe files, finds all their faults at once, and hands over domain values.
@NullMarked
package io.mailcanary.config;

import org.jspecify.annotations.NullMarked;
