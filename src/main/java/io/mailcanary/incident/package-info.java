/// When people are told, whom and why: one root cause, one incident. Pure.
@NullMarked
package io.mailcanary.incident;

import org.jspecify.annotations.NullMarked;
