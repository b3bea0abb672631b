/// The REST interface.
@NullMarked
package io.mailcanary.api;

import org.jspecify.annotations.NullMarked;
