/// The plan that is in force, and the board that shows how all paths are.
@NullMarked
package io.mailcanary.runtime;

import org.jspecify.annotations.NullMarked;
