"""What faults say, in Chinese: sentences are written in English where a fault is found.

A fault with words of its own for Chinese readers (`AnlanError.zh`) needs none of this.
"""

from engine.chinese.wording import all_in_chinese, in_chinese

__all__ = ["all_in_chinese", "in_chinese"]
