"""The language in which a person says which tasks are meant: `(today | overdue) & p1 & #work & !@waiting`."""

from functions.kernel.domain.filters.reading import MAX_LENGTH, parse
from functions.kernel.domain.filters.search import read_search
from functions.kernel.domain.filters.tree import Filter, names_status
from functions.kernel.domain.filters.writing import write

__all__ = ["MAX_LENGTH", "Filter", "names_status", "parse", "read_search", "write"]
