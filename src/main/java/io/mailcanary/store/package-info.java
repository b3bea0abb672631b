/// Keeps canaries, their journal and what follows from them in SQL.
@NullMarked
package io.mailcanary.store;

import org.jspecify.annotations.NullMarked;
